"""Reads a text against the forms there are: which form it is, and what it says of each field. Knows no store.

A sentence that merely begins like a form is none. A value is never guessed at: what can be read in two ways, or is said
twice differently, is a problem that names its field.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from intake.forms.chains import chain_of, is_one_slip
from intake.forms.definition import Form
from intake.forms.pieces import Piece, Pieces
from intake.forms.splitting import Token, text_of, tokens_of
from intake.forms.values import Finder, Read, Value, Why, as_digits, printed, read_value
from intake.forms.words import number_words, on_behalf_words, refusals, tells_only_when
from intake.understand.normalise import normalise

LONGEST_NUMBER: Final = 6
_MOST_BEFORE: Final = 6
"""Words that may stand before the code: "on behalf of" and two of a name."""
MOST_WORDS: Final = 250
"""A longer text is a letter, and a person reads it."""
_JOINED_REFERENCE: Final = re.compile(r"REF(?=.*[0-9])([A-Z0-9]{4,6})")
_SLIP_NEEDS: Final = 2  # tags, before a code with a slip is believed
_SURELY: Final = 2  # tags with their values, after a code and a number: then politeness around them takes nothing away


@dataclass(frozen=True, slots=True)
class Problem:
    """tag: None where it belongs to no field. given: what was said of it; fragments of the body."""

    why: Why
    tag: str | None = None
    given: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeReading:
    """number: of the observation, as the reporter counts them. reference: of the report it is about, as typed.
    corrects: the text says that it corrects the last one. values: by tag, only what is certain. loose: what a person
    said in words of their own, wherever it stands: free text, words of no field, and values that cannot be.
    """

    form: Form
    number: int | None = None
    reference: str | None = None
    corrects: bool = False
    on_behalf: bool = False
    values: Mapping[str, Value] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    loose: str = ""


def read_code(body: bytes | str, forms: Mapping[str, Form], finder: Finder) -> CodeReading | None:
    """forms: by code. None for what is no code text. Never raises, whatever the body."""
    text = text_of(body)
    tokens = tokens_of(text)
    if len(tokens) > MOST_WORDS:
        return None
    for start in _starts(tokens):
        for heading in _headings(tokens, start, forms):
            pieces = Pieces(heading.form, text, [*heading.rest, *tokens[heading.next :]])
            if _is_form(heading, pieces, mended=heading.mended):
                return _reading(heading, pieces, finder, before=tokens[:start])
    return None


def canonical(form: Form, values: Mapping[str, Value], number: int | None = None) -> str:
    """The text that says exactly this, and reads back as this."""
    head = form.code if number is None else f"{form.code} {number}"
    said = [f"{each.tag}={printed(each, values[each.tag])}" for each in form.fields if each.tag in values]
    return " ".join([head, *said])


# -- where it begins ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Heading:
    """rest: what follows the code in the same word. next: the first token after what was read."""

    form: Form
    next: int
    rest: tuple[Token, ...] = ()
    number: int | None = None
    reference: str | None = None
    corrects: bool = False
    mended: bool = False
    surplus: bool = False  # a number where the form takes none


def _starts(tokens: Sequence[Token]) -> Iterator[int]:
    """The first word; or, for who writes on behalf of somebody, one of those after that somebody."""
    yield 0
    said = [normalise(token.text) for token in tokens[:_MOST_BEFORE]]
    for phrase in on_behalf_words():
        words = phrase.split()
        if said[: len(words)] == words:
            yield from range(len(words), len(said))


def _headings(tokens: Sequence[Token], start: int, forms: Mapping[str, Form]) -> Iterator[_Heading]:
    """Exact codes first, the longest first; then those with one slip, where only one form is that near."""
    if start >= len(tokens) or tokens[start].quoted:
        return
    up = tokens[start].up
    exact = [code for code in forms if up.startswith(code)]
    for code in sorted(exact, key=len, reverse=True):
        yield from _headed(tokens, start, forms[code], len(code), mended=False)
    if exact:
        return
    near = {
        (code, length)
        for code in forms
        for length in (len(code), len(code) + 1, len(code) - 1)
        if 0 < length <= len(up) and is_one_slip(up[:length], code)
    }
    found = [h for code, length in sorted(near) for h in _headed(tokens, start, forms[code], length, mended=True)]
    if len({heading.form.code for heading in found}) == 1:
        yield found[0]


def _headed(tokens: Sequence[Token], start: int, form: Form, length: int, *, mended: bool) -> Iterator[_Heading]:
    """What follows the code: the observation's number or the report's reference, where there is one."""
    token = tokens[start]
    if length < len(token.up):
        yield from _headed_in_word(token, start, form, length, mended=mended)
        return
    at = start + 1
    if at + 1 < len(tokens) and normalise(tokens[at].text) in number_words() and _number(tokens[at + 1].up):
        at += 1
    first = _after_refusal(tokens, at, form)
    heading = replace(_numbered(tokens, first, form), mended=mended)
    after = heading.next if heading.rest else _after_refusal(tokens, heading.next, form)
    yield replace(heading, next=after, corrects=first > at or after > heading.next)


def _after_refusal(tokens: Sequence[Token], at: int, form: Form) -> int:
    """Past the NO with which a text corrects the one before."""
    if at >= len(tokens) or tokens[at].quoted or chain_of(form, tokens[at].up) is not None:
        return at
    return at + (normalise(tokens[at].text) in refusals())


def _numbered(tokens: Sequence[Token], at: int, form: Form) -> _Heading:
    following = tokens[at] if at < len(tokens) else None
    if following is None or following.quoted:
        return _Heading(form, at)
    if following.up == "REF" and at + 1 < len(tokens) and not tokens[at + 1].quoted:
        return _Heading(form, at + 2, reference=tokens[at + 1].up)
    if joined := _JOINED_REFERENCE.fullmatch(following.up):
        return _Heading(form, at + 1, reference=joined[1])
    digits = 0 if following.up.isdigit() else _leading_number(form, following.up)
    if digits:
        return _Heading(form, at + 1, (_cut(following, digits),), int(following.up[:digits]))
    number = _number(following.up)
    if number is None:
        return _Heading(form, at)
    surplus = form.number == "none"
    return _Heading(form, at + 1, number=None if surplus else number, surplus=surplus)


def _headed_in_word(token: Token, start: int, form: Form, length: int, *, mended: bool) -> Iterator[_Heading]:
    """OB104, OB104A1, OBA1."""
    rest = token.up[length:]
    digits = 0 if rest.isdigit() else _leading_number(form, rest)
    if digits:
        yield _Heading(form, start + 1, (_cut(token, length + digits),), int(rest[:digits]), mended=mended)
    elif (number := _number(rest)) is not None and form.number != "none":
        yield _Heading(form, start + 1, number=number, mended=mended)
    elif (chain := chain_of(form, rest)) is not None and chain.is_clean and any(c.isdigit() for c in rest):
        yield _Heading(form, start + 1, (_cut(token, length),), mended=mended)


def _leading_number(form: Form, up: str) -> int:
    """How many digits the observation's number has, where tags follow it in the same word; else 0."""
    digits = len(up) - len(up.lstrip("0123456789"))
    if form.number == "none" or not 0 < digits <= LONGEST_NUMBER:
        return 0
    chain = chain_of(form, up[digits:])
    return digits if chain is not None else 0


def _number(up: str) -> int | None:
    """A digit must come first: OB O is no number."""
    digits = as_digits(up, to_the_end=True) if up[:1].isdigit() and len(up) <= LONGEST_NUMBER else None
    return int(digits) if digits else None


def _cut(token: Token, length: int) -> Token:
    """The rest of a word, as a word."""
    return Token(token.text[-(len(token.up) - length) :], token.up[length:], token.start + length, token.end, "")


def _is_form(heading: _Heading, pieces: Pieces, *, mended: bool) -> bool:
    """Whether this is a form rather than a sentence that begins like one."""
    fields = {piece.field.tag for piece in pieces.said}
    if mended and (len(fields) < _SLIP_NEEDS or pieces.unread):
        return False
    known = heading.number is not None or heading.reference is not None
    if known and not mended and len({piece.field.tag for piece in pieces.said if piece.is_clean}) >= _SURELY:
        return True
    if heading.number is None and not any(piece.is_deliberate for piece in pieces.said):
        return known
    return 2 * len(pieces.unread) <= len(pieces.said) + known if fields else not pieces.unread


# -- what it says ------------------------------------------------------------------------------------------------------


def _reading(heading: _Heading, pieces: Pieces, finder: Finder, before: Sequence[Token]) -> CodeReading:
    """before: what stands before the code."""
    said: dict[str, list[tuple[Piece, Read]]] = {}
    for piece in pieces.said:
        if piece.written is not None:
            read = Read(why="unclear") if piece.unclear else read_value(piece.field, piece.written, finder)
            said.setdefault(piece.field.tag, []).append((piece, read))
    values, problems = {}, []
    if heading.surplus or (heading.form.number == "required" and heading.number is None and not heading.reference):
        problems.append(Problem("number"))
    for tag, reads in said.items():
        problem = _problem(tag, reads)
        if problem is not None:
            problems.append(problem)
            continue
        values[tag] = next(read.value for _, read in reads if read.value is not None)
    if pieces.unread:
        problems.append(Problem("unread"))
    return CodeReading(
        form=heading.form,
        number=heading.number,
        reference=heading.reference,
        corrects=heading.corrects,
        on_behalf=bool(before),
        values=values,
        problems=tuple(problems),
        loose=" ".join([*(token.text for token in before), *_in_own_words(said), *(t.text for t in pieces.unread)]),
    )


def _in_own_words(said: Mapping[str, Sequence[tuple[Piece, Read]]]) -> Iterator[str]:
    """Not a day, not even one that cannot be told: "il y a deux heures" alone may sound like a cry."""
    for reads in said.values():
        for piece, read in reads:
            words = piece.written or ""
            has_words = any(char.isalpha() for char in words) and not tells_only_when(words)
            if has_words and (piece.field.type == "text" or read.why is not None):
                yield words


def _problem(tag: str, reads: Sequence[tuple[Piece, Read]]) -> Problem | None:
    wrong = next((read.why for _, read in reads if read.why is not None), None)
    if wrong is not None:
        return Problem(wrong, tag, tuple(piece.written or "" for piece, read in reads if read.why is not None))
    values = list(dict.fromkeys((type(read.value), read.value) for _, read in reads if read.value is not None))
    if len(values) > 1:
        return Problem("two-values", tag, tuple(piece.written or "" for piece, _ in reads))
    return None if values else Problem("unclear", tag)
