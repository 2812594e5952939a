"""The three stories of the try-out world."""

from sandbox.story_home_care import HOME_CARE
from sandbox.story_lamp import LAMP
from sandbox.story_praise import PRAISE

STORIES = (LAMP, HOME_CARE, PRAISE)
