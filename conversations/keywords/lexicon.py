"""The words that conversations understand, by language: data for `keywords`."""

import re
from types import MappingProxyType

KEYWORDS = MappingProxyType(
    {
        # channels.md B3, requirements SMS-02 and §9, journeys 3.3; a translation acts in every language
        "STOP": "stop|stopp|stopper|arret|arrete|arreter|arretez|stopall|stop all|stop tout|arretez tout|stopsms|stop sms|sms stop|stop stop"
        "|unsubscribe|cancel|end|quit|optout|opt out|revoke|desabonner|me desabonner|se desabonner|desabonnement|desabonnez moi|desinscription"
        "|desinscrire|me desinscrire|desinscrivez moi|توقف|قف|أوقف|إيقاف|dur|durdur|iptal|стоп|зупинити|зупинка|відписатися|остановить|отписаться"
        "|parar|pare|baja|detener|sair|opreste|dezabonare|arsav|paouez|توقف کن|لغو|jooji|ndal|სტოპ|შეჩერება|停止|退订|ቁም|ደው",
        "OUBLI": "oubli|oubliez moi|effacer|effacez|effacez tout|tout effacer|effacer tout|supprimer|forget|forget me|erase|delete|امسح|مسح|sil|unut"
        "|видалити|забути|удалить|забыть|borrar|olvidar|apagar|esquecer|sterge|uita|diverkan|پاک کن|tirtir|fshi|წაშლა|删除|አጥፋ",
        "DONNEES": "donnees|mes donnees|donnee|data|my data|mydata|privacy|rgpd|gdpr|بيانات|بياناتي|veri|verilerim|дані|мої дані|данные|мои данные|datos"
        "|mis datos|dados|os meus dados|date personale|datele mele|roadennou|داده|xog|te dhenat|მონაცემები|数据",
        "INFO": "info|infos|information|informations|معلومات|bilgi|інфо|інформація|инфо|информация|informacion|informacao|informatii|titouroù|اطلاعات"
        "|macluumaad|informacion|ინფო|信息",
        "SUIVI": "suivi|suivre|mon suivi|mes avis|mon avis|follow|follow up|status|متابعة|takip|стеження|статус|мої відгуки|seguimiento|acompanhamento"
        "|urmarire|heuliañ|پیگیری|xaalad|ndjekje|სტატუსი|查询",
        "ATELIER": "atelier|ateliers|workshop|workshops|ورشة|ورشات|atolye|майстерня|зустріч|мастерская|встреча|taller|talleres|oficina|oficinas|atelierul"
        "|stal|کارگاه|aqoon|seminar|სემინარი|工作坊",
        "ANNULER": "annuler|annule|annulez|annulation|me retirer|إلغاء|скасувати|отменить|cancelar|anulare|anuleaza|nullan|لغو شرکت|anuloj|გაუქმება|取消",
        "RECOURS": "recours|appeal|اعتراض|طعن|itiraz|оскарження|обжалование|recurso|apel|contestatie|اعتراض دارم|ankese|აპელაცია|申诉",
        "CONTACT": "contact|contacts|اتصال|iletisim|контакт|contacto|contato|darempred|تماس|xidhiidh|kontakt|კონტაქტი|联系",
        "APPEL": "appel|appelez moi|rappel|rappelez moi|rappelle moi|call|call me|call back|callback|اتصلوا بي|ara|beni ara|подзвоніть|передзвоніть"
        "|позвоните|перезвоните|llamada|llamame|chamada|ligar|suna|sunati ma|galv|تماس بگیرید|wac|me telefono|დამირეკეთ|回电",
        "AIDE": "aide|aidez moi|help|sos|menu|مساعدة|yardim|допомога|помощь|ayuda|ajuda|ajutor|skoazell|کمک|caawimaad|ndihme|დახმარება|帮助|እርዳታ",
        "BESOIN": "besoin|besoins|needs|access needs|احتياج|ihtiyac|потреба|потребность|necesidad|necessidade|nevoie|ezhomm",
        "DISCRET": "discret|discrete|discretion|discreet|discretly|سري|gizli|дискретно|тихо|discreto|discreta|kuzh",
        "AUTRE": "autre|autre personne|une autre personne|someone else|other person|another person|شخص آخر|baska kisi|інша людина|другой человек|otra persona"
        "|outra pessoa|alta persoana|unan all",
        "REPRENDRE": "reprendre|reprise|start|unstop|resume|subscribe|استئناف|devam|відновити|возобновить|reanudar|retomar|reluare|reia|kenderc'hel|ادامه|sii wad|rifillo|გაგრძელება|恢复",
        "LANGUE": "langue|langues|language|languages|لغة|اللغة|dil|мова|язык|idioma|lingua|limba|yezh|زبان|luqad|gjuhe|ენა|语言",
        "DEVELOPPEUR": "developer info|developpeur",
    }
)

LANGUAGES = MappingProxyType(
    {
        "fr": "fr|francais|en francais|french|فرنسية|الفرنسية|fransizca|французька|французский|frances|franceza|galleg|法语",
        "en": "en|english|anglais|in english|en anglais|إنجليزية|الإنجليزية|ingilizce|англійська|английский|ingles|engleza|saozneg|英语",
        "ar": "ar|arabe|arabic|عربي|عربية|العربية|بالعربية|en arabe",
        "tr": "tr|turc|turkce|turkish",
        "ro": "ro|romana|roumain|romanian",
        "uk": "uk|ukrainien|ukrainian|українська|українською",
        "ru": "ru|russe|russian|русский|по русски",
        "es": "es|espagnol|espanol|castellano|spanish",
        "pt": "pt|portugais|portugues|portuguese",
        "br": "br|breton|brezhoneg",
        "fa": "fa|persan|farsi|dari|فارسی|دری",
        "so": "somali|soomaali|soomaaliga",
        "ti": "tigrinya|ትግርኛ",
        "sq": "sq|albanais|shqip|albanian",
        "ka": "georgien|ქართული|georgian",
        "mn": "mongol|монгол",
        "az": "azeri|azerbaidjanais|azərbaycanca",
        "zh": "chinois|chinese|中文|汉语",
        "de": "allemand|deutsch|german",
        "ca": "catalan|catala",
    }
)

COMMANDS = MappingProxyType(
    {
        # TG-06 and journeys 3.2
        "STOP": "stop|arret",
        "OUBLI": "forget|effacer|oubli",
        "DONNEES": "mydata|privacy|donnees|vie_privee",
        "LANGUE": "language|langue|langues",
        "AIDE": "help|aide|menu",
        "DEVELOPPEUR": "developer_info",
        "ATELIER": "ateliers|atelier|workshops",
        "SUIVI": "suivi|follow|status",
        "ANNULER": "cancel|annuler",
        "INFO": "info|projet|project",
        "RECOURS": "recours|appeal",
        "CONTACT": "contact",
        "APPEL": "appel|call",
        "REPRENDRE": "reprendre|start|resume",
    }
)

PRINTED = MappingProxyType(
    {
        # what our messages and posters print: only these are worth a question when they are mistyped
        "STOP": "stop|arret|arrete|arreter|desabonner",
        "OUBLI": "oubli|effacer",
        "DONNEES": "donnees",
        "INFO": "info",
        "SUIVI": "suivi",
        "ATELIER": "atelier",
        "ANNULER": "annuler",
        "RECOURS": "recours",
        "CONTACT": "contact",
        "APPEL": "appel",
        "AIDE": "aide|help",
        "BESOIN": "besoin",
        "DISCRET": "discret",
        "AUTRE": "autre",
        "REPRENDRE": "reprendre|start",
    }
)

NOT_SLIPS = "aire aile aine aise shop spot step top outre pauvre secret"

COURTESY = (
    "merci|merci beaucoup|merci bien|svp|s v p|stp|s il vous plait|s il te plait|bonjour|bonsoir|salut|cordialement|bonne journee|bonne soiree|madame|monsieur"
    "|please|pls|thanks|thank you|thx|hello|hi|شكرا|من فضلك|لو سمحت|السلام عليكم|مرحبا|lutfen|tesekkurler|merhaba|дякую|будь ласка|спасибо|пожалуйста|gracias"
    "|por favor|hola|obrigado|obrigada|multumesc|va rog|trugarez|ممنون|لطفا|mahadsanid|faleminderit|გმადლობთ|谢谢"
)

PLAIN_YES = "oui|ouais|ouai|oui oui|ok|okay|oki|d accord|dac|daccord|yes|yep|yeah|نعم|أيوه|ايه|موافق|evet|tamam|так|да|si|sim|da|ya|بله|haa|po|კი|是|好|አዎ|እወ"

YES = (
    PLAIN_YES
    + "|o|oue|wi|yess|bien sur|evidemment|volontiers|avec plaisir|avec joie|je veux bien|certainement|absolument|tout a fait|exact|exactement|c est ca"
    "|c est bon|c est d accord|je suis d accord|entendu|parfait|allez y|allez|vas y|je viens|on vient|nous venons|on viendra|je viendrai|present|presente|presents"
    "|presentes|je serai la|on sera la|j y serai|je prends|je la prends|je confirme|confirme|je valide|j accepte|accepte|sure|of course|certainly|i agree|agreed"
    "|i do|i am coming|i m coming|i will come|we are coming|i ll be there|yup|أكيد|طبعا|حسنا|olur|tabii|звичайно|згоден|згодна|добре|ага|конечно|согласен"
    "|согласна|хорошо|claro|de acuerdo|vale|com certeza|claro que sim|sigur|de acord|bineinteles|a du|mat eo|حتما|باشه|haye|sigurisht|mire|დიახ|对|好的|可以"
)

NO = (
    "non|nan|nn|nope|no|nah|non non|pas|pas du tout|surtout pas|jamais|pas question|hors de question|je ne veux pas|je veux pas|j veux pas|je refuse|refuse"
    "|pas d accord|je ne suis pas d accord|je ne viens pas|je viens pas|je ne peux pas|je peux pas|je ne pourrai pas|pas possible|impossible|absent|absente"
    "|sans facon|no thanks|not|not at all|never|i do not|i don t|i can t|i can not|i cannot|لا|كلا|لا شكرا|hayir|yok|ні|нет|нi|não|nu|nann|نه|خیر|maya|jo|არა"
    "|不|不是|不要|不行|አይ|ኣይፋል"
)

YES_SIGNS = frozenset("👍👌✅✔☑🆗🙆")
NO_SIGNS = frozenset("👎❌✖🚫🙅⛔")

DIGITS = MappingProxyType({"un": "1", "une": "1", "one": "1", "deux": "2", "two": "2", "trois": "3", "three": "3"})

YEARS = MappingProxyType(
    {
        **dict(zip("trois quatre cinq six sept huit neuf dix onze douze treize quatorze".split(), range(3, 15), strict=True)),
        **dict(zip("three four five six seven eight nine ten eleven twelve thirteen fourteen".split(), range(3, 15), strict=True)),
    }
)
_NUMBER = r"(?P<years>\d{1,2}|" + "|".join(YEARS) + ")"
AGE = re.compile(
    rf"(?<!que )(?<!quand )(?<!lorsque )\b(?:j ?ai|i am|i m|im) (?:que |seulement |only )?{_NUMBER} (?:ans?|years? old)\b(?! (?:de|d|que)\b)"
)
NOT_15 = re.compile(
    r"\b(?:j ?ai|je n ai) (?:meme )?pas (?:encore )?15 ans\b|\bj ?ai moins de (?:15|quinze) ans\b|\b(?:i am|i m|im) under 15\b"
)
