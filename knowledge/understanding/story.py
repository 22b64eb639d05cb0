"""The reader of stories, for whoever still looks for it here."""

from knowledge.story import Story, StoryReader

__all__ = ["Story", "StoryReader"]
