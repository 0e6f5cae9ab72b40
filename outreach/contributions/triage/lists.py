"""Words that a moderator wants to see early: insults, threats, advertising; with care for what ordinary French says in anger.

All are read in folded words with single blanks: no case, no accent, no apostrophe.
"""

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?<!\w)(?:{pattern})(?!\w)" for pattern in patterns))


_YOU = r"(?:te|t|vous|le|la|les|lui|leur)"
_PEOPLE = r"(?:maire|elus?|elues?|agents?|policiers?|flics?|voisins?|voisines?|gens|mec|type|politiciens?|depute|ministre|president)"

INSULTS = _any(
    r"connards?|conn?asses?|encule[es]*|enculer|salopes?|salopards?|salauds?|fdp|ntm|fils de putes?",
    r"nique (?:ta|vos|leurs?|les?) \w+|petasses?",
    r"batards?|enfoires?|trous? du cul|tetes? de (?:con|noeud)|gros cons?|sales? cons?",
    r"bande de (?:cons|nuls|abrutis|voleurs|pourris|incapables)",
    r"(?:t es|tu es|vous etes|il est|sont|etes) (?:\w+ ){0,2}(?:cons?|connes?|debiles?|abrutis?|cretins?|imbeciles?|pourris?)",
    r"(?:"
    + _PEOPLE
    + r") (?:de merde|pourris?|debiles?|abrutis?)|(?:cette|ces|ce) (?:ordures?|raclures?|vermines?|porcs?|abrutis?|cretins?|debiles?)",
    r"(?:ta|vos|leurs?) gueules?|ferme[zs]? (?:ta|vos|votre|la) gueule",
    r"va (?:te faire (?:foutre|enculer|voir)|chier|mourir|crever)",
    r"allez vous faire (?:foutre|enculer|voir)",
    r"casse toi|degage[zs]? (?:de la|sale|connard)|pauvres? (?:con|conne|cons|connes|type|types|cloches?|merdes?)",
    r"tas de (?:merdes?|cons|nuls)",
    r"bougnou?les?|negros?|youpins?|bicots?|chinetoques?|niakoues?|gouines?|tarlouzes?|tafioles?",
    r"sales? (?:pd|pedes?|gouines?)",
    r"sales? (?:arabes?|noirs?|noires?|juifs?|juives?|blancs?|gitans?|roms?|race)",
    r"sales? (?:musulmans?|etrangers?|francais|migrants?|chiens?|porcs?|rats?)",
    r"(?:gros|grosse|sale|espece de) (?:porc|truie|pute|chienne|vache|merde|ordure|con|conne|abruti|idiot|cretin|cloporte)",
    r"espece d (?:abruti|idiot|imbecile|encule)\w*",
    r"(?:you (?:are )?(?:\w+ )?|fucking )(?:idiots?|morons?|assholes?|bitch(?:es)?|bastards?|cunts?|scum)|fuck (?:you|off)",
    r"motherfuckers?",
    r"كلب ابن كلب|ابن الكلب|شرموطة|اوروسبو|orospu cocugu|siktir|сука|мудак|пошел на хуи",
)
"""An insult to somebody; "merde", "bordel" and "c'est idiot" are none."""

_KILL = r"(?:tuer|buter|egorger|fumer|crever|descendre|flinguer|planter|bruler viv\w+|pendre|saigner|lyncher|decapiter)"
_THINGS = r"(?:la|le|votre|vos|ta|ton|tes|leurs?) (?:mairie|voitures?|maisons?|bureaux?|local|locaux|vehicules?|camions?)"
THREATS = _any(
    r"(?:je|on|j) (?:vais|va|irai|ira|allons) (?:tous |toutes |venir |bien )?" + _YOU + r" (?:tous |toutes )?" + _KILL,
    r"(?:je|on) (?:te|t|vous|les|le|la) (?:tuerai?|buterai?|creverai?|planterai?|retrouverai?|ferai? la peau|crame|brulerai?)",
    r"(?:je|on) (?:vais|va) (?:tout |tous |te |vous |les )?(?:cramer|faire sauter|bruler) " + _THINGS,
    r"(?:mettre|foutre) le feu (?:a|au|aux) (?:votre|vos|ta|ton|la mairie|leurs?|le maire)",
    r"faire la peau|(?:vous|tu) (?:allez|vas) (?:le payer cher|le regretter|voir ce qui va vous arriver|mourir|crever|y passer)",
    r"une balle (?:dans la|en pleine) (?:tete|nuque)|(?:a mort|mort) (?:les|le|aux|au) "
    + _PEOPLE
    + r"|(?:qu ils|qu il|qu elle) creve(?:nt)?",
    r"(?:merite|meritent|meritez) (?:la mort|de mourir|de crever|d etre pendus?|d etre fusilles?|la corde|une balle)|au poteau",
    r"(?:il faut|faut) (?:les |le |tous les )?(?:buter|pendre|fusiller|lyncher|egorger|flinguer)",
    r"je sais ou (?:tu habites|vous habitez|il habite|elle habite)|(?:poser?|mettre|mis) une bombe",
    r"(?:je|on) (?:vais|va) (?:tuer|buter|egorger) (?:ma|mon|mes|sa|son|ses) (?:femme|mari|fils|fille|voisine?s?|chef|patron)",
    r"(?:je|on) (?:vais|va) venir (?:arme|avec une arme|avec un fusil|a la mairie avec)",
    r"(?:i will|i ll|we will|we ll|gonna|going to) (?:kill|shoot|stab|burn|hurt) (?:you|him|her|them|the mayor)",
    r"you (?:will|are going to) die|death to",
    r"سا?قتلكم|ساقتلك|seni oldurecegim|sizi oldurecegim|я тебя убью|я вас убью|я тебе вбю",
)
"""A threat to somebody; "ça me tue", "tuer le temps", "mort de rire" are none."""

SPAM = _any(
    r"(?:credit|pret|prets) (?:entre particuliers?|rapide|sans justificatif|en 24 ?h)|offre de prets?",
    r"financement (?:rapide|immediat)",
    r"(?:gagnez|vous avez gagne|remportez) (?:\w+ ){0,3}(?:euros?|eur|iphone|argent|cadeau|bons? d achat|gros lot)",
    r"gagner de l argent (?:facile\w*|en ligne|depuis chez)",
    r"(?:casino|paris? sportifs?|bitcoin|crypto|trading|forex) (?:\w+ ){0,3}(?:bonus|gratuit|rentable|gagnant|garanti\w*|inscri\w+)",
    r"bonus (?:de bienvenue|casino)",
    r"cliquez (?:ici|sur (?:le|ce) lien|vite)|click here|inscrivez vous (?:vite|maintenant) (?:sur|ici)",
    r"offre (?:speciale|limitee|exclusive)|code promo",
    r"viagra|cialis|(?:voyant|marabout|medium) (?:\w+ ){0,4}(?:retour|affectif|resout|serieux|competent)",
    r"retour (?:affectif|de l etre aime)",
    r"(?:moins|jusqu a) \d{1,2} (?:%|pour cent) (?:de (?:remise|reduction)|sur (?:tout|tous nos))|(?:devis|diagnostic) gratuit",
    r"appelez (?:vite|des maintenant|sans attendre) (?:au|le)",
    r"(?:contactez|ecrivez)(?: moi| nous)? (?:\w+ ){0,2}(?:whatsapp|telegram|snap)|whatsapp (?:au )?\d{6,}",
    r"compte (?:cpf|ameli|vitale) (?:\w+ ){0,4}(?:expire|mettre a jour|renouvel\w+)",
)
"""Advertising and fraud; a link to an article is none."""
