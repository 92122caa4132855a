"""The columns of figures: what GET /v1/aggregates gives, for every format."""

from typing import Final

from api.formats.table import Column, Cube, Dimension

_LEVELS: Final = {0: "#country", 1: "#adm1", 2: "#adm2", 3: "#adm3", 4: "#adm4", 5: "#adm5"}

COUNTS: Final = {
    "counts": "texts received, not crimes committed",
    "compte": "messages reçus, et non crimes commis",
}
"""Facts of every table of figures."""

FIGURES: Final = (
    Column(
        "locality",
        "text",
        "#adm+code",
        "Code of the locality: ours, or OCHA's P-code. Empty: all that was asked for together.",
        "Code de la localité : le nôtre ou le P-code d'OCHA. Vide : tout ce qui est demandé, ensemble.",
    ),
    Column("locality_name", "text", "#adm+name", "Name of the locality.", "Nom de la localité."),
    Column(
        "category",
        "text",
        "#event+type+code",
        "Code of what happened. Empty: all categories that are not protected.",
        "Code de ce qui s'est passé. Vide : toutes les catégories non protégées.",
    ),
    Column("category_label", "text", "#event+type+name", "Name of the category.", "Nom de la catégorie."),
    Column(
        "period",
        "text",
        "#meta+period",  # not #date: validators refuse 2026-W47 there
        "Day 2026-11-22, week 2026-W47, month 2026-11, quarter 2026-Q4, year 2026. Empty: all together.",
        "Jour 2026-11-22, semaine 2026-W47, mois 2026-11, trimestre 2026-Q4, année 2026. Vide : toutes.",
    ),
    Column("start", "day", "#date+start", "First day of the period.", "Premier jour de la période."),
    Column("end", "day", "#date+end", "Last day of the period, inclusive.", "Dernier jour de la période, inclus."),
    Column(
        "reports",
        "whole",
        "#indicator+num+reports",
        "Reports received about this place and period, on the day it happened; not crimes committed.",
        "Signalements reçus sur ce lieu et cette période, au jour du fait ; ce ne sont pas des crimes commis.",
    ),
    Column(
        "incidents",
        "whole",
        "#indicator+num+incidents",
        "What happened, once each, however many reports tell of it.",
        "Faits distincts, comptés une fois quel que soit le nombre de signalements.",
    ),
    Column(
        "killed",
        "whole",
        "#affected+killed",
        "Killed, over incidents: the desk's figure, else the highest of a single report.",
        "Morts, par fait : le chiffre du service chargé, sinon le plus haut d'un seul signalement.",
    ),
    Column(
        "injured",
        "whole",
        "#affected+injured",
        "Injured, over incidents: the desk's figure, else the highest of a single report.",
        "Blessés, par fait : le chiffre du service chargé, sinon le plus haut d'un seul signalement.",
    ),
    Column(
        "confirmed",
        "whole",
        "#indicator+num+confirmed",
        "Reports that somebody confirmed, as things stand now.",
        "Signalements confirmés, dans leur état actuel.",
    ),
    Column(
        "referred",
        "whole",
        "#indicator+num+referred",
        "Reports handed on to somebody who acts, as things stand now.",
        "Signalements transmis à qui doit agir, dans leur état actuel.",
    ),
    Column(
        "resolved",
        "whole",
        "#indicator+num+resolved",
        "Reports whose matter is resolved, as things stand now.",
        "Signalements résolus, dans leur état actuel.",
    ),
    Column(
        "waiting",
        "whole",
        "#indicator+num+waiting",
        "Reports that lack something we asked for. They are not among the reports.",
        "Signalements incomplets, réponse attendue. Ils ne sont pas comptés parmi les signalements.",
    ),
    Column(
        "messages",
        "whole",
        "#indicator+num+messages",
        "Texts received, whatever they say. Only where all categories are counted together.",
        "Messages reçus, quel que soit leur contenu. Seulement toutes catégories ensemble.",
    ),
    Column(
        "reporters",
        "whole",
        "#indicator+num+reporters",
        "Different people who reported, exactly. Empty: not given here. Never add these up.",
        "Personnes différentes ayant signalé, nombre exact. Vide : non donné ici. Ne jamais additionner.",
    ),
    Column(
        "reporters_band",
        "text",
        "#indicator+band+reporters",  # without +num: "<5" is no number
        "How many different people reported, roughly: under 5, 5 to 19, 20 or more.",
        "Nombre approché de personnes différentes ayant signalé : moins de 5, de 5 à 19, 20 ou plus.",
    ),
    Column(
        "final",
        "flag",
        "#meta+final",
        "True: the period is closed. False: the figure is provisional and may still change.",
        "Vrai : la période est close. Faux : le chiffre est provisoire et peut encore changer.",
    ),
)

FIGURES_CUBE: Final = Cube(
    dimensions=(
        Dimension("geo", "geo", "locality", "locality_name", "all localities asked for"),
        Dimension("time", "time", "period", "period", "all periods asked for"),
        Dimension("category", None, "category", "category_label", "all categories"),
    ),
    final="final",
    bands={"reporters": "reporters_band"},
)


def figure_columns(level: int | None = None) -> tuple[Column, ...]:
    """level: that of all localities in the table, 0 the country; None where they differ. Tags then are as in OCHA's own
    list of P-codes, `#adm+code`, else `#country+code`, `#adm1+code` and so on.
    """
    if level is None:
        return FIGURES
    tag = _LEVELS.get(level, "#loc")
    return tuple(
        Column(each.name, each.kind, each.hxl.replace("#adm+", f"{tag}+"), each.meaning_en, each.meaning_fr)
        for each in FIGURES
    )
