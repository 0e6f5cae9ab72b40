"""What is named after somebody is nobody: streets, schools, halls, laws and prizes."""

from outreach.contributions.redaction.reading import PARTICLES, Word, folded_words

_STRONG = folded_words(
    """
    rue rues avenue avenues av ave boulevard boulevards bd bld blvd place places pl impasse allée allées chemin quai quais cours
    square squares sq route passage villa cité cités résidence résidences lotissement hameau esplanade mail clos parvis faubourg voie
    promenade rond-point ronds-points traverse montée côte cour venelle ruelle sentier carrefour pont ponts passerelle tunnel
    périphérique autoroute porte port gare gares station stations arrêt arrêts métro tram tramway terminus parking parc parcs école
    écoles maternelle maternelles élémentaire primaire collège collèges lycée lycées scolaire scolaires université fac faculté campus
    institut iut crèche crèches halte-garderie hôpital chu ehpad foyer dispensaire stade stades gymnase gymnases piscine piscines
    complexe palais halle halles marché théâtre musée médiathèque médiathèques bibliothèque conservatoire auditorium amphithéâtre
    amphi espace mjc chapelle église cathédrale basilique cimetière abbaye caserne aéroport prison hlm loi lois plan prix fondation
    fonds théorème affaire décret amendement ordonnance bourse festival trophée coupe syndrome maladie park skatepark fresque saint
    sainte saints st ste ss san santa santo street road school вулиця вулиці вул площа площі школа школи شارع ساحة مدرسة
    """
)
_WEAK = folded_words(
    """
    jardin jardins bassin rugby football sportif sportive bois île quartier quartiers secteur zone zac îlot bus ligne groupe pharmacie
    cabinet maison salle salles terrain cinéma centre statue buste monument tombe fontaine immeuble bâtiment bât bat bloc tour tours
    bureau bureaux galerie librairie restaurant bar café hôtel boulangerie magasin boutique association asso rapport arrêté mission
    licence jugement réforme taxe concours échelle programme dispositif projet cercle club comité amicale société entreprise éditions
    collection livre film roman chanson clinique université temple mosquée synagogue méthode constitution rue nommé baptisé baptisée
    renommer rebaptiser crèche lac étang plage forêt
    """
)
"""Somebody may have one, too: "le jardin de Karim Benali" is his, "le jardin Jean Moulin" is the city's."""

_STATUES = folded_words("statue buste monument tombe rue place avenue nom mémoire œuvre époque temps siècle parti discours")
"""What is "of" somebody long known."""

_BETWEEN = PARTICLES | folded_words(
    "municipal municipale public publique prive privee elementaire primaire maternelle universitaire notre dame partage partagee"
)
_SEPARATES = frozenset({"-", " - ", " / "})
_FARTHEST = 6  # words
_SHORT = 3  # letters


def is_named_after(words: list[Word], at: int) -> bool:
    """Whether the name that begins here is that of a place or an act: "école primaire Jean Moulin", "rues Ampère et Paul Bert"."""
    crossed, enumerated = "", False
    for back in range(at, max(0, at - _FARTHEST), -1):
        if not (words[back].joined or words[back].gap in _SEPARATES or _is_abbreviated(words[back - 1], words[back])):
            return False
        before = words[back - 1]
        if _names_a_place(before.folded, crossed) and (not enumerated or before.folded.endswith("s")):
            return True
        if before.folded == "et":
            enumerated = True
        elif before.capital or before.folded in _BETWEEN:
            crossed = crossed or (before.folded if before.folded in {"de", "d", "du", "des"} else "")
        else:
            return False
    return False


def _is_abbreviated(before: Word, word: Word) -> bool:
    """Whether a point ends no sentence: "av. Jean Moulin"."""
    return word.gap == ". " and len(before.text) <= _SHORT


def _names_a_place(folded: str, crossed: str) -> bool:
    if crossed in {"de", "d"}:
        return folded in _STATUES
    return folded in _STRONG or (not crossed and folded in _WEAK)
