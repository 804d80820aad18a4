"""Reads training data as Rasa does, but parses only what was edited since; ``importers`` in config.yml names it.

Seconds to read this project's data on two slow cores, medians: 37 files of examples and responses 1.9, of which 0.8 are
left, the making of 7000 messages; 14 files of stories and rules 0.66, of which 0.10 are left. Rasa reads the examples
twice in each training. The domain takes 0.08 and is left to Rasa, as are test stories, which no training reads.
"""

from __future__ import annotations

from typing import Any

import rasa.shared.utils.validation
from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.story_reader.yaml_story_reader import CORE_SCHEMA_FILE, YAMLStoryReader
from rasa.shared.core.training_data.structures import StoryGraph, StoryStep
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data import loading
from rasa.shared.nlu.training_data.formats.rasa_yaml import KEY_NLU, KEY_RESPONSES, RasaYAMLReader
from rasa.shared.nlu.training_data.training_data import TrainingData

from handoff.rasa.known_yaml import KnownYaml
from handoff.rasa.training_example import TrainingExample


class RememberingImporter(RasaFileImporter):
    """Rasa's own importer, with the content of files that are as before taken from :mod:`handoff.rasa.known_yaml`."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Examples, responses and the like of all files, in the order of the files.

        Raises:
            RasaException: a file is not what Rasa expects.
        """
        with KnownYaml("nlu") as known:
            return TrainingData().merge(*[_nlu_data(file, language, known) for file in self._nlu_files])

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """Stories and rules of all files, in the order of the files.

        Args:
            exclusion_percentage: how many to leave out, by chance; for comparisons, and so left to Rasa.

        Raises:
            RasaException: a file is not what Rasa expects.
        """
        if exclusion_percentage:
            return super().get_stories(exclusion_percentage)
        domain = self.get_domain()
        steps: list[StoryStep] = []
        with KnownYaml("stories") as known:
            for file in self._story_files:
                steps += _StoryReader(domain, file, known).read_from_file(file)
        return StoryGraph(steps)


def _nlu_data(file: str, language: str | None, known: KnownYaml) -> TrainingData:
    if loading.guess_format(file) == loading.RASA_YAML:
        return _NluReader(known).read(file, language=language)
    return loading.load_data(file, language)  # formats of other products, and a file that has gone


class _NluReader(RasaYAMLReader):
    def __init__(self, known: KnownYaml) -> None:
        super().__init__()
        self._known = known

    def reads(self, string: str, **kwargs: Any) -> TrainingData:
        """As Rasa's own but for where the content comes from."""
        content = self._known.content(string, self.validate)
        if not rasa.shared.utils.validation.validate_training_data_format_version(content, self.filename):
            return TrainingData()
        for key, value in content.items():  # in the file's order
            if key == KEY_NLU:
                self._parse_nlu(value)
            elif key == KEY_RESPONSES:
                self.responses = value
        examples = [TrainingExample.of(example) for example in self.training_examples]
        return TrainingData(examples, self.entity_synonyms, self.regex_features, self.lookup_tables, self.responses)


class _StoryReader(YAMLStoryReader):
    def __init__(self, domain: Domain, file: str, known: KnownYaml) -> None:
        super().__init__(domain, file)
        self._known = known

    def read_from_string(self, string: str, skip_validation: bool = False) -> list[StoryStep]:
        """As Rasa's own but for where the content comes from. Nothing that skips validation comes here."""
        return self.read_from_parsed_yaml(self._known.content(string, _validate_stories))


def _validate_stories(text: str) -> None:
    rasa.shared.utils.validation.validate_yaml_schema(text, CORE_SCHEMA_FILE)
