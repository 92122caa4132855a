"""The words of the indicator sheet: its sections and indicators, in their fixed order, in English and French.

Codes never change and none is used again for something else: sheets of many quarters are laid side by side by them.
"""

from typing import Final, NamedTuple


class Words(NamedTuple):
    en: str
    fr: str


class Meaning(NamedTuple):
    section: str
    unit: str
    words: Words


SECTIONS: Final = {
    "locality": Words("By locality", "Par localité"),
    "category": Words("By category", "Par catégorie"),
    "source": Words("By source", "Par source"),
    "casualties": Words("Casualties", "Victimes"),
    "outcomes": Words("What became of reports", "Suites données"),
    "participation": Words("Participation, not danger", "Participation, et non danger"),
    "corrections": Words("Corrections after closing", "Corrections après la clôture"),
    "completeness": Words("Completeness", "Complétude"),
}

INDICATORS: Final = {
    "reports_by_locality": Meaning("locality", "reports", Words("reports", "signalements")),
    "incidents_by_locality": Meaning("locality", "incidents", Words("incidents", "faits")),
    "reports_by_category": Meaning("category", "reports", Words("reports", "signalements")),
    "incidents_by_category": Meaning("category", "incidents", Words("incidents", "faits")),
    "reports_by_source": Meaning("source", "reports", Words("reports", "signalements")),
    "incidents_by_source": Meaning(
        "source", "incidents", Words("incidents it was the first to tell of", "faits signalés d'abord par elle")
    ),
    "killed": Meaning("casualties", "people", Words("killed", "morts")),
    "injured": Meaning("casualties", "people", Words("injured", "blessés")),
    "confirmed": Meaning("outcomes", "reports", Words("confirmed", "confirmés")),
    "confirmed_share": Meaning("outcomes", "share", Words("confirmed, of all reports", "part de confirmés")),
    "referred": Meaning("outcomes", "reports", Words("handed on", "transmis")),
    "referred_share": Meaning("outcomes", "share", Words("handed on, of all reports", "part de transmis")),
    "resolved": Meaning("outcomes", "reports", Words("resolved", "résolus")),
    "resolved_share": Meaning("outcomes", "share", Words("resolved, of all reports", "part de résolus")),
    "population": Meaning("participation", "people", Words("population", "population")),
    "messages": Meaning("participation", "texts", Words("texts received", "messages reçus")),
    "reporters": Meaning(
        "participation", "people", Words("different people who reported", "personnes différentes ayant signalé")
    ),
    "messages_per_10000": Meaning(
        "participation", "texts per 10,000 people", Words("texts per 10,000 people", "messages pour 10 000 habitants")
    ),
    "reporters_per_10000": Meaning(
        "participation",
        "people per 10,000 people",
        Words("reporters per 10,000 people", "personnes ayant signalé pour 10 000 habitants"),
    ),
    "busiest_share": Meaning(
        "participation",
        "share",
        Words("reports of the busiest person, of all", "part de la personne qui signale le plus"),
    ),
    "revisions": Meaning("corrections", "revisions", Words("changes", "changements")),
    "reports_changed": Meaning(
        "corrections", "reports", Words("reports added or taken away", "signalements ajoutés ou retirés")
    ),
    "incidents_changed": Meaning(
        "corrections", "incidents", Words("incidents added or taken away", "faits ajoutés ou retirés")
    ),
    "sub_localities": Meaning(
        "completeness", "localities", Words("localities directly below", "localités juste en dessous")
    ),
    "sub_localities_heard": Meaning(
        "completeness", "localities", Words("those where somebody wrote", "celles où l'on a écrit")
    ),
    "completeness": Meaning("completeness", "share", Words("the part that wrote", "part de celles où l'on a écrit")),
}
