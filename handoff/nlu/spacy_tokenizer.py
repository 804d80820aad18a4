"""Rasa tokenizer on a blank spaCy pipeline: no download, no statistical model, some 20 microseconds a message."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache, partial
from typing import Any, overload

import spacy
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT, TEXT_TOKENS
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.language import Language

LANGUAGE = "language"
DEFAULT_LANGUAGE = "en"
TOKENIZE_EXAMPLES = "tokenize_examples"
WORD_OFFSETS = "word_offsets"
_HALF_A_PAIR = re.compile("[\ud800-\udfff]")
_LONG_RUN = re.compile(r"\S{80,}")  # longer than any word; a web address of that length may well be one token


class SpacyToken(Token):
    """A token that Rasa's training cache recognises quickly.

    Rasa hashes every token of every example, part by part, and then the list of those hashes. With a hundred thousand
    tokens that is a tenth of a training; what is hashed in the end may as well be the parts themselves.
    """

    def fingerprint(self) -> str:
        """All that the token holds, as text; the same in every run."""
        return repr((self.text, self.start, self.end, self.lemma, self.data))


class LaterTokens(Sequence[Token]):
    """Tokens of a message that are made when they are first looked at.

    Nothing of this package looks at them; Rasa's entity report does, the result of a message does unless
    ``word_offsets`` is false, and components of Rasa's that are added may. To make them for every message takes a
    twentieth of the time of all understanding.
    """

    def __init__(self, make: Callable[[], list[Token]]) -> None:
        """Hold ``make``, which makes them."""
        self._make = make

    @cached_property
    def _made(self) -> list[Token]:
        return self._make()

    @overload
    def __getitem__(self, place: int) -> Token: ...

    @overload
    def __getitem__(self, place: slice) -> list[Token]: ...

    def __getitem__(self, place: int | slice) -> Token | list[Token]:
        """The token or tokens at ``place``."""
        return self._made[place]

    def __len__(self) -> int:
        """How many there are."""
        return len(self._made)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class BlankSpacyTokenizer(Tokenizer):
    """Splits text into spaCy's tokens. Rasa's own SpacyTokenizer would need SpacyNLP and a downloaded model.

    Config:
        language: any language code that ``spacy.blank`` knows (default ``en``).
        tokenize_examples: whether training examples get tokens too (default true). No component of this package learns
            from tokens: without them, training is quicker. Rasa's own mostly do (CountVectorsFeaturizer, DIET).
        word_offsets: whether the result of each message says where its words begin and end, as ``text_tokens``
            (default true, as with Rasa's tokenizers). It is stored with each message and read by nothing here.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See the class; the other keys are those of every Rasa tokenizer."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
            LANGUAGE: DEFAULT_LANGUAGE,
            TOKENIZE_EXAMPLES: True,
            WORD_OFFSETS: True,
        }

    @staticmethod
    def required_packages() -> list[str]:
        """Packages whose versions belong to the fingerprint."""
        return ["spacy"]

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> BlankSpacyTokenizer:
        """Load it for serving, with the language's rules: no visitor is to wait for them."""
        component = cls.create(config, model_storage, resource, execution_context)
        blank_language(config[LANGUAGE])
        return component

    def __init__(self, config: dict[str, Any]) -> None:
        """Hold the configuration. The rules are made when they are needed: training without tokens needs none.

        Raises:
            ImportError: spaCy does not know the language.
        """
        super().__init__(config)
        self._language: str = config[LANGUAGE]
        if self._language != DEFAULT_LANGUAGE:  # which spaCy has for sure
            blank_language(self._language)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Tokenize all examples, unless the configuration says that nothing learns from tokens."""
        return super().process_training_data(training_data) if self._config[TOKENIZE_EXAMPLES] else training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Give each message tokens, which are made when somebody asks for them."""
        for message in messages:
            text = message.get(TEXT)
            if isinstance(text, str):
                message.set(TOKENS_NAMES[TEXT], LaterTokens(partial(self._tokens, text)))
            if not self._config[WORD_OFFSETS]:
                message.output_properties.discard(TEXT_TOKENS)
        return messages

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Tokens of the attribute with their offsets; white space is no token."""
        return self._tokens(message.get(attribute))

    def _tokens(self, text: str) -> list[Token]:
        doc = blank_language(self._language).make_doc(for_spacy(text))
        places = [(token.idx, token.idx + len(token)) for token in doc if not token.is_space]
        return self._apply_token_pattern([SpacyToken(text[start:end], start) for start, end in places])


def for_spacy(text: str) -> str:
    """``text`` with letters in place of what spaCy cannot take; the length stays the same.

    From a very long run without a space spaCy strips punctuation at both ends, one character at a time, in quadratic
    time: 4000 hashes would hold up the server for two seconds. Half of a surrogate pair it cannot encode.
    """
    return _LONG_RUN.sub(lambda run: "x" * len(run[0]), _HALF_A_PAIR.sub("x", text))


@lru_cache(maxsize=4)
def blank_language(code: str) -> Language:
    """spaCy's rules for a language, without any component."""
    return spacy.blank(code)
