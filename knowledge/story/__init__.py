"""What a told story says: the facts of a household and its people, and the statuses that it is about."""

from knowledge.story.reader import Story, StoryReader

__all__ = ["Story", "StoryReader"]
