"""The columns of revisions: what GET /v1/revisions gives, for every format."""

from dataclasses import replace
from typing import Final

from api.formats.figures import FIGURES
from api.formats.table import Column
from models.tallies import Measures

_DIFFERENCE_EN: Final = "By how much this changed: "
_DIFFERENCE_FR: Final = "De combien ceci a changé : "


def _difference(column: Column) -> Column:
    return replace(column, meaning_en=_DIFFERENCE_EN + column.meaning_en, meaning_fr=_DIFFERENCE_FR + column.meaning_fr)


REVISIONS: Final = (
    Column(
        "as_of",
        "time",
        "#date+updated",
        "When the change became known: figures asked for with as_of from then on hold it.",
        "Quand le changement a été connu : les chiffres demandés avec as_of à partir de là le contiennent.",
    ),
    Column(
        "locality",
        "text",
        "#adm+code",
        "Code of the locality where it was placed; all above changed with it. Empty: everywhere.",
        "Code de la localité où cela s'est passé ; toutes celles au-dessus ont changé aussi. Vide : partout.",
    ),
    Column("locality_name", "text", "#adm+name", "Name of the locality.", "Nom de la localité."),
    Column(
        "category",
        "text",
        "#event+type+code",
        "Code of the category it counts in. Empty: in none, as texts are.",
        "Code de la catégorie où cela compte. Vide : dans aucune, comme les messages.",
    ),
    Column("category_label", "text", "#event+type+name", "Name of the category.", "Nom de la catégorie."),
    Column("day", "day", "#date+occurred", "The day it happened.", "Le jour du fait."),
    Column(
        "period", "text", "#meta+period", "The period that was closed by then.", "La période déjà close à ce moment."
    ),
    Column(
        "why",
        "text",
        "#event+cause+code",
        "Why: the name of the event that tells of it.",
        "Pourquoi : le nom de l'événement qui en témoigne.",
    ),
    Column("why_en", "text", "#event+cause+en", "The same in English.", "De même, en anglais."),
    Column("why_fr", "text", "#event+cause+fr", "The same in French.", "De même, en français."),
    *(_difference(column) for column in FIGURES if column.name in Measures._fields),
)
