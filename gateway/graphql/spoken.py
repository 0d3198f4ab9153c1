"""The language that a question asks for its words in."""

from sharing.wording import Language


def language_of(told: str) -> Language:
    """The language of this code; English for one that is not spoken here."""
    return Language(told) if told in set(Language) else Language.EN
