"""The channels as people use them: ``talking`` speaks through each in the same way."""
