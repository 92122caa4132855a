"""A code text after its heading, cut into what was written for each field. What it means is read in reading.py.

Free text runs to the next tag; a letter that merely looks like a tag is not one: "il y a 3 jours" is no A=3 unless
tags and values, and nothing else, follow to the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from intake.forms.chains import TagChain, chain_of, near_tag
from intake.forms.definition import Form, FormField
from intake.forms.splitting import Token, folded
from intake.forms.values import as_digits, shapes
from intake.understand.normalise import normalise

_RUNNING: Final = frozenset({"text", "place", "date"})
"""Types whose values may run over several words."""
_LABEL_WORDS: Final = 4
_MINUS: Final = frozenset("-\u2212\u2013")
_FEWEST_PAIRS: Final = 2
"""So many tags with values at the end of free text are no words of it, however they are written."""


@dataclass(slots=True)
class Piece:
    """written: None where nothing was. unclear: it can be read in two ways.

    is_deliberate: nobody writes this without meaning the field.
    """

    field: FormField
    written: str | None = None
    unclear: bool = False
    is_deliberate: bool = True

    @property
    def is_clean(self) -> bool:
        if self.written is None or self.unclear or not self.is_deliberate:
            return False
        return self.field.type in _RUNNING or _strictly(self.field, folded(self.written))


class Pieces:
    """said: in order, a field as often as it was said. unread: words that belong to nothing."""

    def __init__(self, form: Form, text: str, tokens: Sequence[Token]) -> None:
        self._form = form
        self._text = text
        self._tokens = tokens
        known = {up: chain_of(form, up) for up in {token.up for token in tokens}}
        self._chains = [known[token.up] for token in tokens]
        self._tails = self._clean_tails()
        self.said: list[Piece] = []
        self.unread: list[Token] = []
        at = 0
        while at < len(tokens):
            at = self._take(at)

    # -- one step ------------------------------------------------------------------------------------------------------

    def _take(self, at: int) -> int:
        """What begins here; returns where to go on."""
        open_piece = self.said[-1] if self.said and self.said[-1].written is None else None
        chain = self._chains[at]
        if open_piece is not None and not open_piece.unclear:
            end = self._value(open_piece, at)
            if end:
                return end
        mended = None if chain is not None and chain.is_clean else self._mended(at)
        if mended is not None:
            self.said.append(mended)
        elif chain is not None:
            self._add(chain, self._tokens[at])
        else:
            self._leave(at)
        return at + 1

    def _add(self, chain: TagChain, token: Token) -> None:
        alone = len(chain.pairs) == 1 and chain.is_open and len(token.up) == 1
        for pair in chain.pairs:
            deliberate = pair.field.type not in _RUNNING or not alone or token.assigns
            self.said.append(Piece(pair.field, pair.written, unclear=chain.unclear, is_deliberate=deliberate))

    def _leave(self, at: int) -> None:
        """A word of nothing. Digits right after a number may belong to it: 5 000 is not 5."""
        token = self._tokens[at]
        last = self.said[-1] if self.said else None
        follows = not (self.unread and self.unread[-1] is self._tokens[at - 1])
        self.unread.append(token)
        if last is not None and follows and last.field.type in {"integer", "decimal"} and token.up[:1].isdigit():
            last.unclear = True

    def _mended(self, at: int) -> Piece | None:
        """A tag with a slip, where a value of its field follows."""
        token = self._tokens[at]
        near = None if token.quoted else near_tag(self._form, token.up)
        if near is None:
            return None
        field, rest = near
        if rest:
            fits = any(end == len(rest) for end, _ in shapes(field, rest, 0))
            return Piece(field, rest) if fits else None
        following = self._tokens[at + 1] if at + 1 < len(self._tokens) else None
        if following is None or not (token.assigns or field.type in _RUNNING or _fits(field, following)):
            return None
        return Piece(field)

    # -- values --------------------------------------------------------------------------------------------------------

    def _value(self, piece: Piece, at: int) -> int:
        """Takes the value of a tag that stands alone; 0 where none begins here."""
        token, field = self._tokens[at], piece.field
        if token.quoted:
            piece.written, piece.is_deliberate = token.text, True
            return at + 1
        if field.type in _RUNNING:
            return self._running(piece, at)
        if field.type == "choice" and (end := self._label(field, at)):
            piece.written = self._slice(at, end)
            return end
        strict = _strictly(field, token.up)
        chain = self._chains[at]
        if chain is not None and chain.is_clean and not strict:
            return 0  # the next tag: this one has no value
        whole = chain_of(self._form, token.up, field)
        pairs = whole.pairs if whole is not None and whole.is_clean else ()
        if strict or (pairs and pairs[0].written == token.up):
            self._set_number(piece, token)
            return at + 1
        if pairs and pairs[0].written:
            piece.written = pairs[0].written
            self.said += [Piece(pair.field, pair.written) for pair in pairs[1:]]
            return at + 1
        if near_tag(self._form, token.up) is not None and self._mended(at) is not None:
            return 0
        piece.written = token.text  # wrong, and told so
        piece.unclear = whole is not None and whole.unclear
        return at + 1

    def _set_number(self, piece: Piece, token: Token) -> None:
        """With its sign; a hyphen right between tag and digits is a sign only where numbers below 0 are not allowed."""
        piece.written = token.text if piece.field.type != "integer" else token.up
        if piece.field.type not in {"integer", "decimal"}:
            return
        piece.written = token.up
        gap = token.gap
        if gap[-1:] in _MINUS:
            piece.written = f"-{token.up}" if len(gap) > 1 else token.up
            piece.unclear = len(gap) == 1 and piece.field.least < 0
        elif gap[-1:] in {".", ","}:
            piece.unclear = len(gap) > 1 or piece.field.type == "decimal"

    def _label(self, field: FormField, at: int) -> int:
        """Where a choice that is written out ends; 0 where none is."""
        labels = {normalise(label) for choice in field.choices for label in choice.label.values()}
        for end in range(min(len(self._tokens), at + _LABEL_WORDS), at, -1):
            if any(token.quoted for token in self._tokens[at:end]):
                continue
            if normalise(self._slice(at, end)) in labels:
                return end
        return 0

    def _running(self, piece: Piece, at: int) -> int:
        end = at
        while end < len(self._tokens) and not self._is_next_tag(piece.field, at, end):
            end += 1
            if self._tokens[end - 1].quoted and piece.field.type != "text":
                break
        if end == at:
            return 0
        piece.written = self._slice(at, end)
        return end

    def _is_next_tag(self, field: FormField, start: int, at: int) -> bool:
        """Whether free text that began at start ends before this token."""
        token, chain = self._tokens[at], self._chains[at]
        if chain is None or not chain.is_clean:
            return False
        if token.set_off or (token.assigns and chain.is_open):
            return True
        pairs = self._tails[at]
        if not pairs:
            return False
        if len(token.up) > 1 or field.type == "place" or pairs >= _FEWEST_PAIRS:
            return True
        before = self._text[self._tokens[start].start : token.start]
        return token.text.isupper() and any(char.islower() for char in before)

    def _slice(self, start: int, end: int) -> str:
        first, last = self._tokens[start], self._tokens[end - 1]
        return first.text if start + 1 == end else self._text[first.start : last.end]

    # -- whether only tags and values follow ---------------------------------------------------------------------------

    def _clean_tails(self) -> list[int]:
        """Of each token, how many tags with values begin there and go on to the end; 0 where anything else follows."""
        count = len(self._tokens)
        tails = [0] * count
        for at in range(count - 1, -1, -1):
            chain = self._chains[at]
            if chain is None or not chain.is_clean:
                continue
            after = at + 1
            pairs = len(chain.pairs)
            if chain.is_open:
                field = chain.pairs[-1].field
                if after >= count:
                    continue
                if field.type in _RUNNING:
                    tails[at] = pairs
                    continue
                if not (self._tokens[after].quoted or _fits(field, self._tokens[after])):
                    continue
                after += 1
            if after == count:
                tails[at] = pairs
            elif tails[after]:
                tails[at] = pairs + tails[after]
        return tails


def _fits(field: FormField, token: Token) -> bool:
    return not token.quoted and (_strictly(field, token.up) or _repaired(field, token.up))


def _strictly(field: FormField, up: str) -> bool:
    return any(end == len(up) and not repaired for end, repaired in shapes(field, up, 0))


def _repaired(field: FormField, up: str) -> bool:
    fits = any(end == len(up) for end, _ in shapes(field, up, 0))
    return fits and (field.type != "integer" or as_digits(up) is not None)
