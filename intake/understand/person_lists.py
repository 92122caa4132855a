"""The lists that tell of people: dead and hurt, victims, who did it and where."""

from collections.abc import Iterable, Iterator
from typing import Literal

from intake.understand.lexicon import CasualtyTerm, CasualtyWord, CasualtyWords, HurtPair, PeopleWords
from intake.understand.lists import Source, joined, marked_as_written, tokens
from intake.understand.normalise import normalise, stem_of
from intake.understand.phrases import Openers, PhraseBook, split_phrase

_MEASURES: tuple[CasualtyWord, ...] = ("killed", "injured")
_PERSONS = ("woman", "man", "girl", "boy", "child", "one")
_NOUNS = (
    *("adjective", "person", "people", "either", "pair", "crowd", "other", "another", "many"),
    *("unit", "by", "including", "of", "joint", "own", "both"),
)
"""What a word does in a count of people: of several the last."""
_NOUN_KEYS = {"joint": "joints", "unit": "units"}


def casualty_words(lists: Iterable[Source]) -> CasualtyWords:
    persons, people = _persons(lists)
    hurts = _hurts(lists)
    return CasualtyWords(
        terms=_casualty_terms(lists),
        nouns=_nouns(lists, persons, people),
        after_noun=tokens(lists, "casualties", "after_noun"),
        upto=tokens(lists, "casualties", "upto"),
        out_of=tokens(lists, "casualties", "out_of"),
        spot=tokens(lists, "casualties", "spot"),
        pronouns=tokens(lists, "casualties", "pronouns"),
        age_before=tokens(lists, "casualties", "age_before"),
        passive=tokens(lists, "casualties", "passive"),
        none_openers=Openers(joined(lists, "casualties", "none_before")),
        unreal_openers=Openers(joined(lists, "casualties", "unreal_before")),
        nobody=tokens(lists, "casualties", "nobody"),
        no=tokens(lists, "casualties", "no"),
        never=tokens(lists, "casualties", "never"),
        but=tokens(lists, "casualties", "but"),
        all=tokens(lists, "casualties", "all"),
        safe=tokens(lists, "casualties", "safe"),
        carriers=frozenset(
            token for key in ("carriers", "own", "adjective", "both") for token in tokens(lists, "casualties", key)
        ),
        of=tokens(lists, "casualties", "of"),
        persons=persons,
        people=people,
        animals=tokens(lists, "people", "animals"),
        many=tokens(lists, "casualties", "many"),
        joints=tokens(lists, "casualties", "joints"),
        alternatives=tokens(lists, "casualties", "or"),
        hurts=PhraseBook(hurts, stemmed=True),
        hurt_marks=frozenset(max(phrase.split(), key=len) for phrase in hurts),
        hurt_pairs=tuple(
            HurtPair((first, second), _by_language(lists, first), _by_language(lists, second), ordered, within)
            for first, second, ordered, within in (("harm", "body", False, 4), ("blow", "weapon", True, 6))
        ),
        bites=tokens(lists, "casualties", "bites"),
        threats=tokens(lists, "casualties", "threats"),
    )


def _hurts(lists: Iterable[Source]) -> dict[str, Literal["state", "act", "either", "one"]]:
    hurts: dict[str, Literal["state", "act", "either", "one"]] = {}
    hurts |= dict.fromkeys(_stems(lists, "hurt"), "state")
    for phrase in _stems(lists, "does_hurt"):
        hurts[phrase] = "either" if phrase in hurts else "act"
    hurts |= dict.fromkeys(_stems(lists, "one_hurt"), "one")
    return hurts


def _casualty_terms(lists: Iterable[Source]) -> PhraseBook[CasualtyTerm]:
    terms: dict[str, CasualtyTerm] = {}
    signs: dict[str, CasualtyTerm] = {}
    pronouns = frozenset(_stems(lists, "pronouns"))
    for measure in _MEASURES:
        act = "does_kill" if measure == "killed" else "does_injure"
        states, acts = set(_stems(lists, measure)), set(_stems(lists, act))
        ones = set(_stems(lists, f"one_{measure}"))
        signs |= dict.fromkeys(_plural_looking(lists, f"one_{measure}"), CasualtyTerm((measure,), "sign", one=True))
        for phrase in states | acts | ones:
            role: Literal["act", "either", "one", "state"] = "state"
            if phrase in acts:
                role = "either" if phrase in states else "act"
            if phrase in ones and not pronouns.isdisjoint(phrase.split()):
                role = "one"
            terms[phrase] = CasualtyTerm((measure,), role, one=phrase in ones)
    terms |= dict.fromkeys(_stems(lists, "bodies"), CasualtyTerm(("killed",), "body"))
    for phrase in _stems(lists, "counted_hurt"):
        terms.setdefault(phrase, CasualtyTerm(("injured",), "body"))
    terms |= dict.fromkeys(_stems(lists, "loses"), CasualtyTerm(("killed",), "loss"))
    for measures in (*((measure,) for measure in _MEASURES), _MEASURES):
        key = "none_both" if len(measures) > 1 else f"none_{measures[0]}"
        terms |= dict.fromkeys(_stems(lists, key), CasualtyTerm(measures, "nobody"))
    terms |= signs | dict.fromkeys(_stems(lists, "signs"), CasualtyTerm(("injured",), "sign", one=True))
    terms |= dict.fromkeys(_stems(lists, "not_meant"), CasualtyTerm(role="void"))
    return PhraseBook(terms, stemmed=True)


def _plural_looking(lists: Iterable[Source], key: str) -> Iterator[str]:
    """Those that end like a plural and tell of one all the same: "la enterramos", "trouvé un corps"."""
    for phrase in joined(lists, "casualties", key):
        stems = split_phrase(phrase, stemmed=True)
        if stems[-1] != split_phrase(phrase, stemmed=False)[-1]:
            yield " ".join(stems)


def _nouns(lists: Iterable[Source], persons: frozenset[str], people: frozenset[str]) -> dict[str, str]:
    """What each word does in a count of people; of several meanings the last of these."""
    nouns = dict.fromkeys(tokens(lists, "casualties", "carriers"), "verb")
    nouns |= {f"{word}{plural}": "people" for word in tokens(lists, "casualties", "person") for plural in ("s", "es")}
    nouns |= dict.fromkeys(people, "people") | dict.fromkeys(persons, "person")
    for kind in _NOUNS:
        nouns |= dict.fromkeys(tokens(lists, "casualties", _NOUN_KEYS.get(kind, kind)), kind)
        if kind == "many":
            nouns |= dict.fromkeys(tokens(lists, "people", "animals"), "animals")
    return nouns


def _stems(lists: Iterable[Source], key: str) -> Iterator[str]:
    for phrase in joined(lists, "casualties", key):
        yield " ".join(split_phrase(phrase, stemmed=True))


def _by_language(lists: Iterable[Source], key: str) -> dict[str, frozenset[int]]:
    found: dict[str, frozenset[int]] = {}
    for language, source in enumerate(lists):
        value = source["casualties"][key]
        for word in value.split() if isinstance(value, str) else value:
            stem = stem_of(normalise(word))
            found[stem] = found.get(stem, frozenset()) | {language}
    return found


def _persons(lists: Iterable[Source]) -> tuple[frozenset[str], frozenset[str]]:
    """Words for one person, and for several; a name of two words is none of them."""
    one = {word for kind in _PERSONS for word in _lone_words(lists, kind)}
    several = set(_lone_words(lists, "several")) | {f"{word}{plural}" for word in one for plural in ("s", "es")}
    return frozenset(one - set(_lone_words(lists, "several"))), frozenset(several - one)


def _lone_words(lists: Iterable[Source], key: str) -> Iterator[str]:
    for word in joined(lists, "people", key):
        if " " not in (found := normalise(word)):
            yield found


def people_words(lists: Iterable[Source]) -> PeopleWords:
    victims = dict.fromkeys(joined(lists, "people", "one"), "one")
    victims |= {f"{word}s": "several" for kind in _PERSONS for word in joined(lists, "people", kind)}
    victims |= dict.fromkeys(joined(lists, "people", "several"), "several")
    victims |= dict.fromkeys(joined(lists, "people", "bystanders"), "bystanders")
    victims |= {phrase: kind for kind in _PERSONS if kind != "one" for phrase in joined(lists, "people", kind)}
    return PeopleWords(
        victims=PhraseBook(victims),
        settings=_kinds(lists, "settings"),
        by=_kinds(lists, "by"),
        deeds=marked_as_written(joined(lists, "people_deeds", "deeds")),
    )


def _kinds(lists: Iterable[Source], section: str) -> PhraseBook[str]:
    return PhraseBook(
        {phrase: kind for source in lists for kind, phrases in source[section].items() for phrase in phrases}
    )
