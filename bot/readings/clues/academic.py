"""The schooling of a student who is meant, as a record holds it."""

from typing import Final

from bot.readings.clues.cue import cues
from bot.readings.clues.passage import of_a_student, of_a_student_in_private
from bot.readings.labels import Label

CUES: Final = cues(Label.ACADEMIC, {"student": of_a_student, "student in private": of_a_student_in_private})
