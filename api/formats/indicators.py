"""The columns of the indicator sheet: what GET /v1/indicators gives, for every format."""

from typing import Final

from api.formats.table import Column

INDICATORS: Final = (
    Column("section", "text", "#indicator+section", "Part of the sheet.", "Partie de la fiche."),
    Column(
        "indicator",
        "text",
        "#indicator+code",
        "Code of the indicator; it never changes.",
        "Code de l'indicateur ; il ne change jamais.",
    ),
    Column("label_en", "text", "#indicator+name+en", "The same in English.", "De même, en anglais."),
    Column("label_fr", "text", "#indicator+name+fr", "The same in French.", "De même, en français."),
    Column("locality", "text", "#adm+code", "Code of the locality.", "Code de la localité."),
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
        "source",
        "text",
        "#meta+source",
        "Kind of reporter, or import. Empty: all.",
        "Type de personne qui signale, ou import. Vide : tous.",
    ),
    Column(
        "value",
        "decimal",
        "#indicator+num+value",
        "The number; a share is from 0 to 1. Empty: not told, see the note.",
        "Le nombre ; une part va de 0 à 1. Vide : non donné, voir la note.",
    ),
    Column("unit", "text", "#indicator+unit", "What the number counts.", "Ce que le nombre compte."),
    Column("note", "text", "#meta+note", "A word about this line.", "Un mot sur cette ligne."),
)
