"""The words around a name that tell that it is one, or that it is none."""

from outreach.contributions.redaction.reading import folded_words

TITLES = folded_words(
    """
    doamna docteur domnul dr m madame mademoiselle maitre mesdames messieurs miss mister mlle mm mme mmes monsieur mr mrs ms pr
    professeur senhor senhora senor senora г-жа г-н пан пане пані الاستاذ الدكتور الدكتورة السيد السيدة
    """
)
SHORT_TITLES = folded_words("mr mme mmes mlle dr")
"""Nobody writes these without a name."""

ROLES = folded_words(
    """
    a adjoint adjointe and au aussi aux avec bien bonjour bonsoir car ce ces cette cher chere chers chez comme commissaire conseiller
    conseillere dans de depute deputee des directeur directrice dit doit donc du elle en est et etait etes fait figaro france il in
    irma is je juge l l'abbe la le les leur loyal ma madam madame mademoiselle maire mairesse mais mayor merci mes mesdames messieurs
    meteo minister ministre mon monsieur n'importe ne nos notre nous of on ou par patate personne peut plus pour pourriez pouvez
    prefet prefete premier premiere president presidente procureur propre puis qu que qui quoi rapporteur rapporteure sans secretaire
    securite senateur senatrice sera si sir sport sur the tous tout tout-le-monde toutlemonde office toute toutes tu un une univers va
    veuillez veut vos votre vous was x y z
    """
)
"""What follows "Madame" without being a name: who she is, or the rest of the sentence."""

NO_SURNAMES = folded_words(
    """
    a ai ainsi alors and aout arretez as au aussi aux avec avenue avril beaucoup bien bonjour bonsoir bordeaux boulevard bref c car ce
    ces cet cette chaque chez comment commune cordialement d dans de decembre des dimanche donc du edf elle elles en encore enfin
    ensuite est et etait etat europe faire faut fevrier france hello i il il-y-a ils in internet is it j janvier je jeudi juillet juin
    l la le les leur leurs lille lundi lyon ma mai mairie mais mardi mars marseille merci mercredi mes metropole moins mon my n nantes
    ne ni non nos notre nous novembre octobre of on ont or ou oui par paris pas personne peut place please plus pour pourquoi puis qu
    quand quartier que quel quelle quelqu qui quoi region rennes rien rue sa salut samedi sans septembre ses si sncf son sont sous sur
    surtout ta tan tes thanks that the this to ton toulouse tous tout toute toutes tres trop tu un une vendredi vers ville voici voila
    vos votre vous we what when where y
    """
)
"""Words with a capital that are no surname behind a first name: the next sentence, a day, a place."""

KIN = folded_words(
    """
    ami amie animateur animatrice appelle assistante bailleur beau-frere belle-mere belle-soeur boulanger boulangere brother called
    certain certaine chef cheffe coiffeur coiffeuse colleague collegue compagne compagnon concierge conjoint conjointe copain copine
    cousin cousine daughter denomme denommee dentiste doctor educateur educatrice epouse epoux femme fille fils frere friend gardien
    gardienne grand-mere grand-pere husband infirmier infirmiere instit kine landlord locataire maitresse mari medecin mere named
    neighbor neighbour neighbours neveu niece nomme nommee nounou oncle patron patronne pere pote prenomme prof professeur
    proprietaire proprio sister soeur tante voisin voisine voisins wife дочка друг дружина звати зовут колега лікар подруга син сосед
    соседка сусід сусіда сусідка сусідкою сусідку чоловік ابنتي ابني اختي اخي اسمي جارتي جاري زوجتي زوجي صديقتي صديقي
    """
)
"""Behind these a name is that of a person, in the list or not."""

SIGNS = folded_words(
    """
    amicalement bisous cordialement regards salutations signe signee sincerely sincerement повагою
    """
)
"""After these, at the end of a text, stands who wrote it."""

WHOSE = folded_words("mon ma mes ton ta tes notre nos votre vos un une le la l m my our the a мій моя мого мою мене его мой моя меня")
"""Before "neighbour": then a word with a capital behind it is a name."""
