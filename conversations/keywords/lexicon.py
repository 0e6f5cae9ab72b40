"""The words that conversations understand, by language: data for `keywords` and its answers.

A word acts in every language, so a foreign one that is also a French word ("dur", "pare") is left out.
"""

import re
from types import MappingProxyType

KEYWORDS = MappingProxyType(
    {
        # channels.md B3, requirements SMS-02 and §9, journeys 3.3
        "STOP": """
            stop, stopp, stopper, stopez, stop stop, arret, arrete, arreter, arretez, arretez tout, stopall, stop all, stop tout, stopsms,
            stop sms, sms stop, unsubscribe, cancel, end, quit, opt out, optout, revoke, desabonner, me desabonner, desabonnement,
            desabonnez moi, desinscrire, desinscription, me desinscrire, desinscrivez moi, توقف, قف, أوقف, إيقاف, durdur, iptal, opreste,
            dezabonare, зупинити, зупиніть, відписатися, стоп, остановить, остановите, отписаться, darse de baja, dar de baja, basta,
            arretez de m ecrire, arrete de m ecrire, ne m ecrivez plus, plus de sms, je ne veux plus de sms, je veux plus de sms,
            je ne veux plus recevoir de sms, je ne veux plus recevoir de messages, je ne veux plus de messages, stop stop stop,
            arretez de m envoyer des sms, arretez de m envoyer des messages, arretez les sms, laissez moi tranquille,
            ne m ecrivez plus jamais, ne m ecris plus, ne me contactez plus, ne me contactez plus jamais, ne me contacte plus,
            arretez de me contacter, arrete de me contacter, arretez vos sms, arretez vos messages, arretez les messages,
            ne m envoyez plus rien, ne m envoyez plus de sms, ne m envoyez plus de messages, je ne veux plus rien recevoir,
            je veux plus rien recevoir, je veux plus recevoir de sms, je veux plus recevoir de messages, je veux plus de messages,
            plus de message, plus de messages, plus aucun message, plus aucun sms, retirez moi de la liste, retirez moi de votre liste,
            retirez moi de vos listes, enlevez moi de la liste, enlevez moi de votre liste, laissez moi en paix, laisse moi tranquille,
            lachez moi, lache moi, foutez moi la paix, fichez moi la paix, desinscris moi, desabonne moi,
            leave me alone, stop texting me, stop messaging me, stop writing to me, no more texts, no more messages,
            parar, cancelar subscricao, paouez, arsav, توقف کن, لغو اشتراک, 停止, 退订
        """,
        "OUBLI": """
            oubli, oubliez moi, effacer, effacez, effacez tout, tout effacer, effacer tout, supprimer, supprimez tout, forget, forget me,
            effacez mon numero, efface mon numero, effacer mon numero, enlevez mon numero, enleve mon numero, enlever mon numero,
            retirez mon numero, supprimez mon numero, supprime mon numero, supprimer mon numero, oubliez mon numero,
            erase my number, delete my number, erase, delete,
            امسح, مسح, احذف, unut, sil, sterge, uita ma, видалити, забути, удалить, забыть, borrar, olvidar, apagar,
            esquecer, diverkan, پاک کن, 删除
        """,
        "DONNEES": """
            donnees, mes donnees, donnee, data, my data, mydata, privacy, rgpd, gdpr, mes droits, my rights, بيانات, بياناتي, verilerim,
            datele mele, date personale, дані, мої дані, данные, мои данные, datos, mis datos, dados, os meus dados, roadennou, داده, 数据
        """,
        "INFO": """
            info, infos, information, informations, projet, le projet, project, the project, معلومات, bilgi, informatii, інфо,
            інформація, инфо, информация, informacion, informacao, titourou, اطلاعات, 信息
        """,
        "SUIVI": """
            suivi, suivre, mon suivi, mes avis, mon avis, follow, follow up, status, متابعة, takip, urmarire, стеження, статус,
            мої відгуки, мои отзывы, seguimiento, acompanhamento, heulian, پیگیری, 查询
        """,
        "ATELIER": """
            atelier, ateliers, workshop, workshops, les ateliers, ورشة, ورشات, atolye, зустріч, майстерня, встреча, мастерская, taller,
            talleres, oficina, oficinas, کارگاه, 工作坊
        """,
        "ANNULER": """
            annuler, annule, annulez, annulation, me retirer, je laisse ma place, je ne viens plus, on ne vient plus, leave, leave my place,
            i can t come any more, إلغاء, anulare, anuleaza, скасувати, отменить, cancelar, nullan, 取消
        """,
        "RECOURS": """
            recours, appeal, اعتراض, طعن, itiraz, contestatie, оскарження, обжалование, recurso, 申诉
        """,
        "CONTACT": """
            contact, contacts, nous contacter, qui etes vous, c est qui, qui est ce, who are you, who is this, اتصال,
            iletisim, контакт, контакти, контакты, contacto, contato, darempred, تماس, 联系
        """,
        "APPEL": """
            appel, appelez moi, appelle moi, rappel, rappelez moi, rappelle moi, call, call me, call back, callback, اتصلوا بي,
            beni arayin, sunati ma, подзвоніть, передзвоніть, позвоните, перезвоните, llamada, llamame, llamenme, chamada, 回电
        """,
        "AIDE": """
            aide, aidez moi, help, sos, au secours, secours, urgence, menu, je ne comprends pas, je comprends pas,
            j ai pas compris, je n ai pas compris, pas compris, comment ca marche, comment faire, i don t understand,
            i do not understand, how does it work, مساعدة, ساعدوني, yardim, ajutor, допомога, допоможіть, помощь,
            помогите, ayuda, ajuda, skoazell, کمک, 帮助
        """,
        "BESOIN": """
            besoin, besoins, need, needs, access needs, احتياج, احتياجات, ihtiyac, nevoie, потреба, потребность, necesidad,
            necessidade, ezhomm
        """,
        "DISCRET": """
            discret, discrete, discretion, discreet, سري, gizli, дискретно, discreto, discreta, kuzh
        """,
        "AUTRE": """
            autre, autre personne, une autre personne, someone else, other person, another person, شخص آخر, baska biri, alta persoana,
            інша людина, другой человек, otra persona, outra pessoa, unan all
        """,
        "REPRENDRE": """
            reprendre, reprise, start, unstop, resume, subscribe, استئناف, devam, reluare, відновити, возобновить, reanudar, retomar,
            adkregin, 恢复
        """,
        "CODE": """
            code, mon code, le code, my code, the code, qr, qr code, mon qr code, رمز, kod, cod, код, codigo
        """,
        "REGLAGES": """
            reglages, reglage, mes reglages, preferences, mes preferences, settings, my settings, my preferences, pause, faire une pause,
            une pause, moins de sms, moins de messages, fewer messages, fewer texts, a pause, إعدادات, ayarlar, setari, налаштування,
            настройки, ajustes, definicoes, تنظیمات, 设置
        """,
        "FICHIER": """
            fichier, mon fichier, mes donnees en fichier, export, exporter, copie de mes donnees, file, my file, copy of my data,
            download my data
        """,
        "OPPOSITION": """
            opposition, oppose, je m oppose, m opposer, objection, je refuse le traitement, i object, object
        """,
        "LANGUE": """
            langue, langues, language, languages, لغة, اللغة, dil, limba, мова, язык, idioma, yezh, زبان, 语言
        """,
    }
)

LANGUAGES = MappingProxyType(
    {
        "fr": "fr, francais, en francais, french, فرنسية, الفرنسية, fransizca, franceza, французька, французский, frances, galleg, 法语",
        "en": """
            en, english, anglais, in english, en anglais, do you speak english, can i write in english, can you write in english,
            i speak english, you speak english, إنجليزية, الإنجليزية, ingilizce, engleza, англійська, английский, ingles
        """,
        "ar": "ar, arabe, en arabe, arabic, عربي, عربية, العربية, بالعربية",
        "tr": "tr, turc, en turc, turkce, turkish",
        "ro": "ro, roumain, en roumain, romana, romanian",
        "uk": "uk, ukrainien, en ukrainien, українська, українською, ukrainian",
        "ru": "ru, russe, en russe, русский, по русски, russian",
        "es": "es, espagnol, en espagnol, espanol, castellano, spanish",
        "pt": "pt, portugais, en portugais, portugues, portuguese",
        "br": "br, breton, en breton, brezhoneg",
        "fa": "fa, persan, farsi, dari, فارسی, دری",
        "so": "somali, soomaali",
        "ti": "tigrinya, ትግርኛ",
        "sq": "albanais, shqip",
        "ka": "georgien, ქართული",
        "mn": "mongol, монгол",
        "az": "azeri, azerbaycanca",
        "zh": "chinois, chinese, 中文",
        "de": "allemand, deutsch, german",
        "ca": "catalan, catala",
    }
)

COMMANDS = MappingProxyType(
    {
        # TG-06, and the French ones of journeys 3.2
        "STOP": "stop, arret",
        "OUBLI": "forget, effacer, oubli",
        "DONNEES": "mydata, privacy, donnees, vie_privee",
        "LANGUE": "language, langue, langues",
        "AIDE": "help, aide, menu",
        "CONTACT": "contact, developer_info",
        "ATELIER": "ateliers, atelier, workshops",
        "SUIVI": "suivi, follow, status",
        "ANNULER": "cancel, annuler",
        "INFO": "info, projet, project",
        "RECOURS": "recours, appeal",
        "APPEL": "appel, call",
        "REPRENDRE": "reprendre, start, resume",
        "AUTRE": "autre",
        "DISCRET": "discret",
        "BESOIN": "besoin, need",
        "CODE": "code",
        "REGLAGES": "reglages, settings, preferences, pause",
        "FICHIER": "fichier, export",
        "OPPOSITION": "opposition, object",
    }
)

PRINTED = MappingProxyType(
    {
        # what our messages and posters print: only these are worth a question when they are mistyped
        "STOP": "stop, arret, arrete, arreter, desabonner, توقف",
        "OUBLI": "oubli, effacer, erase, forget, امسح",
        "DONNEES": "donnees, بيانات",
        "INFO": "info, معلومات",
        "SUIVI": "suivi, follow, متابعة",
        "ATELIER": "atelier, ateliers, workshop",
        "ANNULER": "annuler",
        "RECOURS": "recours",
        "CONTACT": "contact",
        "APPEL": "appel",
        "AIDE": "aide, help",
        "BESOIN": "besoin",
        "DISCRET": "discret",
        "AUTRE": "autre",
        "REPRENDRE": "reprendre, start, resume",
        "REGLAGES": "reglages, settings",
    }
)

CALL_OFF = (
    "pas besoin",
    "plus besoin",
    "annul",
    "laissez tomber",
    "finalement non",
    "m appelez p",
    "me rappelez p",
    "no need",
    "don t call",
)
"""Said just after somebody asked for a call: no call after all."""
CONTESTS = """
    pas d accord, pas daccord, pas du tout d accord, non pas d accord, je ne suis pas d accord, je suis pas d accord, chuis pas d accord,
    je ne suis pas du tout d accord, je suis pas du tout d accord, je conteste, je conteste la decision, je conteste votre decision,
    i disagree, i do not agree, i don t agree
"""
"""Said to a refusal it is RECOURS, to be asked: the refusal itself says "pas d'accord ?"."""

NOT_SLIPS = """
    acide aile aime aine aire aise antre aride astre avide batelier hele jarret laide meprendre outre raide rarete ratelier rebours
    retours ride secours shop sonnees star stars step vautre vide
"""
"""Common French words one slip away from a printed keyword that mean something else: an opinion, not a typing error."""

COURTESY = """
    merci, merci beaucoup, merci bien, un grand merci, svp, s v p, stp, s il vous plait, s il te plait, bonjour, bonsoir, salut, coucou,
    hey, cordialement, bonne journee, bonne soiree, madame, monsieur, a vous, de rien, please, pls, thanks, thank you, thx, hello, hi, شكرا,
    شكرا جزيلا, من فضلك, من فضلكم, لو سمحت, لو سمحتم, السلام عليكم, مرحبا, lutfen, tesekkurler, tesekkur ederim, merhaba, multumesc,
    va rog, buna ziua, дякую, будь ласка, добрий день, спасибо, пожалуйста, здравствуйте, gracias, por favor, hola, obrigado, obrigada,
    trugarez, ممنون, لطفا, سلام, 谢谢, 你好
"""

PLAIN_YES = "oui, ouais, ouai, ouii, ok, okay, oki, d accord, daccord, dac, yes, yep, yeah, نعم, أيوه, evet, так, да, بله, 是的"
"""A yes that may open a longer sentence; "si", "da", "parfait" open too many others."""

YES = f"""
    {PLAIN_YES}, o, oue, wi, yess, yup, bien sur, bien entendu, evidemment, volontiers, avec plaisir, avec grand plaisir, avec joie,
    je veux bien, certainement, absolument, tout a fait, exact, exactement, c est ca, c est bon, c est bon pour moi, c est ok,
    c est d accord, je suis d accord, pour moi, ca marche, ca me va, pas de probleme, pas de souci, pas de soucis, sans probleme,
    aucun probleme, entendu, parfait, allez y, allez, vas y, je viens, on vient, nous venons, on viendra, je viendrai, nous viendrons,
    present, presente, presents, presentes, je serai la, on sera la, j y serai, on y sera, je la prends, je prends, je confirme, confirme,
    je valide, j accepte, accepte, vous pouvez, vous pouvez le publier, vous pouvez publier, publiez, publiez le, publier mon avis,
    publiez mon avis, vous pouvez publier mon avis, sans mon nom, sure, of course, certainly, i agree, agreed,
    i do, i am coming, i m coming, i will come, we are coming, i ll be there, you can, you may, موافق, موافقة, أكيد, طبعا, حسنا, تمام,
    tamam, olur, tabii, elbette, da, sigur, de acord, desigur, звичайно, згоден, згодна, добре, ага, конечно, согласен, согласна, хорошо,
    si, claro, de acuerdo, vale, sim, claro que sim, com certeza, a du, حتما, باشه, 是, 好, 好的, 可以
"""

NO = """
    non, nan, nn, nope, no, nah, pas du tout, surtout pas, jamais, pas question, hors de question, je ne veux pas, je veux pas,
    j veux pas, je refuse, pas d accord, je ne suis pas d accord, je suis pas d accord, je ne viens pas, je viens pas, on ne vient pas,
    je ne peux pas, je peux pas, je ne pourrai pas, pas possible, impossible, absent, absente, sans facon, seulement le lire,
    juste le lire, mais non, ne publiez pas, ne le publiez pas, ne pas publier, pas publier, no thanks,
    not at all, never, i do not, i don t, i can t, i can not, i cannot, only read it, لا, كلا, لا شكرا, لا أريد, لا أوافق, hayir, yok, nu,
    ні, нi, нет, nao, não, nann, نه, خیر, 不, 不是, 不要, 不行, 不同意
"""

TURNS = """
    en fait, finalement, enfin, euh, heu, pardon, desole, desolee, je voulais dire, plutot, ou plutot, en realite, tout compte fait,
    apres reflexion, j ai change d avis, je change d avis, j ai reflechi, actually, sorry, i mean, i meant, wait, on second thought,
    i changed my mind
"""
"""Between two answers: the later one is meant, "non en fait oui"."""

THANKS = """
    merci un grand beaucoup bien thanks thank you thx please pls ok okay d accord super parfait bonne journee soiree a vous de rien svp
    stp s v p il te plait cordialement madame monsieur شكرا جزيلا дякую спасибо gracias obrigado obrigada multumesc tesekkurler tesekkur
    ederim 谢谢
"""
"""The single words of a message that thanks and needs no answer."""

NOTED = """
    ok, okay, oki, d accord, daccord, dac, super, parfait, entendu, tres bien, c est bon, c est note, c est parfait, ca marche, ca me va,
    cool, genial, top, bien recu, pas de probleme, pas de souci, great, perfect, fine, noted, got it, حسنا, تمام, tamam, добре, хорошо, vale
"""
"""Said to good news, without a question: it needs no answer."""

ANSWERING = "reponse, ma reponse, la reponse, je reponds, choix, mon choix, je choisis, le, numero, option, answer, my answer, i choose"
"""What some people put before the digit: "réponse 1"."""

YES_SIGNS = frozenset("👍👌✅✔☑🆗🙆")
THANKS_SIGNS = frozenset("🙏🤝😊🙂☺😀😃😄😁🥰💐🌸🌹🌷❤♥💚💙🎉👏")
NO_SIGNS = frozenset("👎❌✖🚫🙅⛔")

DIGITS = MappingProxyType({"un": "1", "one": "1", "deux": "2", "two": "2", "trois": "3", "three": "3", "quatre": "4", "four": "4"})

YEARS = MappingProxyType(
    {
        word: number
        for line in (
            "six, sept, huit, neuf, dix, onze, douze, treize, quatorze",
            "six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen",
        )
        for number, word in enumerate(line.split(", "), 6)
    }
)
_NUMBER = rf"(?P<years>\d{{1,2}}|{'|'.join(YEARS)})"
_I_AM = "(?:j ?ai|ge?)"
"""Also as it sounds: "g 13 ans"."""
AGES = tuple(
    re.compile(pattern)
    for pattern in (
        # "depuis que j'ai 10 ans" and "j'ai 13 ans de maison" are grown-ups' sentences
        rf"(?<!que )(?<!quand )(?<!qd )(?<!lorsque )\b{_I_AM} ?(?:que |seulement |juste )?{_NUMBER} ?ans?\b(?! (?:de|d|que|a)\b)",
        rf"^(?:(?:non|oui|moi) )*{_NUMBER} ?ans?$",
        rf"\b(?:moi c est|je m appelle) \w+ (?:et )?{_NUMBER} ?ans?\b(?! (?:de|d|que|a)\b)",
        rf"(?<!when )\b(?:i am|i m|im) (?:only |just )?{_NUMBER}(?: (?:years? old|yo|y o))?$",
        rf"(?<!when )\b(?:i am|i m|im) (?:only |just )?{_NUMBER} (?:years? old|yo|y o)\b",
        rf"\bعمري {_NUMBER}\b",
        rf"\b{_NUMBER} yasindayim\b",
        rf"\bam {_NUMBER} ani\b",
        rf"\b(?:мені|мне) {_NUMBER} (?:рок|лет|год)",
        rf"\b(?:tengo|tenho) {_NUMBER} anos\b",
    )
)
NOT_15 = re.compile(
    rf"\b(?:{_I_AM}|je n ?ai) (?:meme )?pas (?:encore )?(?:15|quinze) ?ans\b|\b{_I_AM} moins de (?:15|quinze) ?ans\b"
    r"|^(?:non )?(?:moins de|pas(?: encore)?) (?:15|quinze) ?ans$|\b(?:i am|i m|im) (?:under|not yet|not) (?:15|fifteen)\b"
)
GROWN = re.compile(rf"\b(?:{_I_AM}|i am|i m) ?(?:plus de |over )?(?:1[5-9]|[2-9]\d)(?: ?ans| years old)?(?: ou plus| or more| or older)?\b")
"""An age that goes with a yes: "oui, j'ai 15 ans ou plus"."""
