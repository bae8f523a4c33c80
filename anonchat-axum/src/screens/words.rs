//! Words that say how to reach somebody, by language. They are folded before they are compared, so
//! accents do not matter here.

use super::Language::{
    self, Dutch, English, French, German, Italian, Polish, Portuguese, Russian, Spanish, Turkish,
};
use super::vocabulary::Sense;

type Words = &'static [(Sense, &'static str)];

/// Names and ends of domains, which are the same everywhere.
pub(super) const ALWAYS: Words = &[
    (Sense::At, "arroba snabela"),
    (Sense::Top, "com net org info biz io app dev xyz online site shop club website link page"),
    (Sense::Top, "gg tv edu gov example test invalid uk br ru ua cz pl de fr nl ch eu ca au jp cn"),
    (Sense::Top, "kr kz by tr com co gl ly ee lv lt ро ру рф ком нет"),
    (Sense::TopWord, "at am be bg cc dk es fi fm gr hr hu id ie il im in is it la lu me mx my no"),
    (Sense::TopWord, "nu nz pt ro rs se sh sk so si th to us vn za ai ar bio mobi live life chat"),
    (Sense::Mail, "gmail googlemail hotmail gmx protonmail tutanota icloud mailru rambler wanadoo"),
    (Sense::Mail, "ymail fastmail hushmail posteo mailbox gmial gmal"),
    (Sense::MailAmongOthers, "outlook yahoo aol yandex proton live web mail orange libero"),
    (Sense::App, "telegram telegramm whatsapp whatsap watsapp whatsup whatapp"),
    (Sense::App, "snapchat instagram insta instagramm discord skype viber wechat weixin kakaotalk"),
    (Sense::App, "kakao facebook tiktok twitter onlyfans threema icq kik vkontakte fbmessenger"),
    (Sense::App, "телеграм телеграмм телега тг вотсап ватсап вацап инста инстаграм инстаграмм"),
    (
        Sense::App,
        "дискорд скайп вайбер вк вконтакте вотсапп снэпчат снап фейсбук 微信 电报 카카오톡",
    ),
    (Sense::AppInShort, "ig tg wa fb sc dc vk snap tele wapp whats zap insta wpp"),
    (Sense::AppWord, "line signal messenger zoom teams steam matrix element session twitch reddit"),
    (Sense::Named, "id name user username nick nickname handle account konto tag acc profile un"),
    (Sense::Named, "number nr"),
    (Sense::Usual, "a i o e y u ok okay lol haha hi hey hello no yes"),
];

/// Zero to nine.
pub(super) const DIGITS: &[(Language, [&str; 10])] = &[
    (
        English,
        [
            "zero oh o nil nought",
            "one wan",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine niner",
        ],
    ),
    (
        German,
        [
            "null",
            "eins ein",
            "zwei zwo",
            "drei",
            "vier",
            "fünf fuenf",
            "sechs",
            "sieben",
            "acht",
            "neun",
        ],
    ),
    (
        Spanish,
        ["cero", "uno una", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"],
    ),
    (French, ["zéro", "un une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"]),
    (
        Portuguese,
        [
            "zero",
            "um uma",
            "dois duas",
            "três",
            "quatro",
            "cinco",
            "seis meia",
            "sete",
            "oito",
            "nove",
        ],
    ),
    (
        Turkish,
        [
            "sıfır",
            "bir",
            "iki",
            "üç uc",
            "dört dort",
            "beş bes",
            "altı alti",
            "yedi",
            "sekiz",
            "dokuz",
        ],
    ),
    (
        Russian,
        [
            "ноль нуль",
            "один раз",
            "два",
            "три",
            "четыре",
            "пять",
            "шесть",
            "семь",
            "восемь",
            "девять",
        ],
    ),
    (Italian, ["zero", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove"]),
    (
        Polish,
        ["zero", "jeden", "dwa", "trzy", "cztery", "pięć", "sześć", "siedem", "osiem", "dziewięć"],
    ),
    (Dutch, ["nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen"]),
    (
        Language::Chinese,
        [
            "零 〇",
            "一 幺 壹",
            "二 贰 两",
            "三 叁",
            "四 肆",
            "五 伍",
            "六 陆",
            "七 柒",
            "八 捌",
            "九 玖",
        ],
    ),
];

/// Ten to ninety-nine, where numbers are said by twos.
pub(super) const TENS: &[(Language, &str)] = &[
    (English, "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"),
    (English, "twenty thirty forty fifty sixty seventy eighty ninety"),
    (German, "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn"),
    (German, "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig"),
    (Spanish, "diez once doce trece catorce quince veinte treinta cuarenta cincuenta sesenta"),
    (Spanish, "setenta ochenta noventa"),
    (
        French,
        "dix onze douze treize quatorze quinze seize vingt trente quarante cinquante soixante",
    ),
    (Portuguese, "dez onze doze treze quatorze quinze vinte trinta quarenta cinquenta sessenta"),
    (Turkish, "yirmi otuz kırk elli altmış yetmiş seksen doksan"),
    (
        Russian,
        "десять двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто",
    ),
    (
        Italian,
        "dieci undici dodici venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
    ),
];

/// The rest of what the languages need.
pub(super) const BY_LANGUAGE: &[(Language, Words)] = &[
    (
        English,
        &[
            (Sense::At, "at"),
            (Sense::Dot, "dot period"),
            (Sense::Dash, "dash minus plus hyphen space slash"),
            (Sense::And, "and then"),
            (Sense::Repeat(2), "double"),
            (Sense::Repeat(3), "triple treble"),
            (Sense::Is, "is its it's are"),
            (Sense::Mine, "my mine me"),
            (Sense::Reach, "add text message dm hmu find follow reach contact call hit"),
            (Sense::On, "on over via through in by"),
            (
                Sense::Usual,
                "the an and or but if so too very not never always just only also again",
            ),
            (
                Sense::Usual,
                "please pls tho though thing things lately already anymore anyway maybe",
            ),
            (
                Sense::Usual,
                "you me my your his her their our we he she it they them us this that these",
            ),
            (
                Sense::Usual,
                "is are was were be been has have had do does did can could will would am",
            ),
            (
                Sense::Usual,
                "for from with without of to in on at as by about because since when where",
            ),
            (
                Sense::Usual,
                "private public boring dead empty full closed locked broken down gone banned",
            ),
            (
                Sense::Usual,
                "deleted old new good bad better best worse great cool nice fun free safe",
            ),
            (
                Sense::Usual,
                "look looking work works working stay staying live lives laugh point arrived",
            ),
            (
                Sense::Usual,
                "instead there here now today tonight tomorrow yesterday later soon sometimes",
            ),
            (
                Sense::Usual,
                "like love hate use used using prefer want need think know see go going get",
            ),
            (
                Sense::Usual,
                "one some any all every most more much many what who why how which really",
            ),
            (
                Sense::Usual,
                "stories story filters filter app apps server servers group groups call calls",
            ),
            (
                Sense::Usual,
                "addict person user users people friends crashed crashes sucks rocks ads",
            ),
            (
                Sense::Usual,
                "home all everyone here school night university noon midnight lunch work",
            ),
            (Sense::Usual, "account name handle number dance test break bar cook manager leader"),
        ],
    ),
    (
        German,
        &[
            (Sense::At, "at ät klammeraffe"),
            (Sense::Dot, "dot punkt"),
            (Sense::Dash, "strich minus plus bindestrich leerzeichen"),
            (Sense::And, "und dann"),
            (Sense::Repeat(2), "doppel zweimal"),
            (Sense::Repeat(3), "dreimal"),
            (Sense::Is, "ist lautet heißt heisst"),
            (Sense::Mine, "mein meine meinem meiner"),
            (
                Sense::Reach,
                "adde add schreib erreichst findest füg anschreiben schreibst hinzufügen folg",
            ),
            (Sense::On, "auf bei über in"),
            (
                Sense::Usual,
                "der die das ein eine und oder aber ist sind war nicht kein keine mir mich",
            ),
            (
                Sense::Usual,
                "dich dir ich du er sie es wir ihr sehr so zu auch nur noch schon immer nie",
            ),
            (
                Sense::Usual,
                "blöd langweilig toll gut schlecht privat leer tot weg neu alt gesperrt kaputt",
            ),
            (
                Sense::Usual,
                "gelöscht bitte danke mal doch ja nein hier da heute morgen gestern jetzt",
            ),
            (
                Sense::Usual,
                "habe hab nutze benutze finde mag hasse für von mit ohne an im am wie was",
            ),
        ],
    ),
    (
        Spanish,
        &[
            (Sense::At, "arroba"),
            (Sense::Point, "punto"),
            (Sense::Dash, "guion guión menos más raya"),
            (Sense::And, "y luego"),
            (Sense::Repeat(2), "doble"),
            (Sense::Is, "es"),
            (Sense::Mine, "mi mí"),
            (
                Sense::Reach,
                "agrega agrégame agregame escríbeme escribeme búscame buscame sígueme añádeme",
            ),
            (Sense::On, "en por al"),
            (
                Sense::Usual,
                "el la los las un una y o pero es son era no muy más que de por para con sin",
            ),
            (
                Sense::Usual,
                "me te se lo le mi tu su privado aburrido nuevo viejo malo bueno mejor peor",
            ),
            (
                Sense::Usual,
                "porque cuando donde como ahora hoy mañana nunca siempre también solo favor",
            ),
        ],
    ),
    (
        French,
        &[
            (Sense::At, "arobase arrobase chez"),
            (Sense::Point, "point"),
            (Sense::Dash, "tiret moins plus espace"),
            (Sense::And, "et puis"),
            (Sense::Repeat(2), "double"),
            (Sense::Is, "est c'est"),
            (Sense::Mine, "mon ma moi"),
            (Sense::Reach, "ajoute ajoutez écris ecris contacte rejoins suis cherche"),
            (Sense::On, "sur par via au"),
            (
                Sense::Usual,
                "le la les un une des et ou mais est sont pas plus très trop aussi que de du",
            ),
            (
                Sense::Usual,
                "je tu il elle on nous vous me te se mon ton son privé nul nulle ennuyeux vieux",
            ),
            (
                Sense::Usual,
                "nouveau mort mieux pire bien mal jamais toujours pour avec sans dans maintenant",
            ),
        ],
    ),
    (
        Portuguese,
        &[
            (Sense::At, "arroba"),
            (Sense::Point, "ponto"),
            (Sense::Dash, "traço hífen menos mais"),
            (Sense::And, "e depois"),
            (Sense::Is, "é eh"),
            (Sense::Mine, "meu minha"),
            (Sense::Reach, "adiciona adicione chama chame segue procura me"),
            (Sense::On, "no na pelo em"),
            (
                Sense::Usual,
                "o a os as um uma e ou mas é são não muito mais que de do da por para com sem",
            ),
            (
                Sense::Usual,
                "eu tu você ele ela nós me te se meu seu privado chato novo velho bom ruim",
            ),
            (
                Sense::Usual,
                "melhor pior nunca sempre também só agora hoje amanhã aqui porque quando",
            ),
        ],
    ),
    (
        Turkish,
        &[
            (Sense::At, "et kuyruklu"),
            (Sense::Point, "nokta"),
            (Sense::Dash, "tire eksi artı"),
            (Sense::And, "ve sonra"),
            (Sense::Mine, "benim"),
            (Sense::Reach, "ekle yaz bul ekleyin ulaş"),
            (Sense::App, "instam instagramım telegramım whatsappım snapim instagramim snapchatim"),
            (Sense::AppInShort, "snapten instadan telegramdan snapchatten instagramdan"),
            (Sense::Named, "adım adim numaram"),
            (
                Sense::Usual,
                "ve ama çok az bir bu şu o ben sen biz siz değil var yok güzel kötü iyi eski",
            ),
            (
                Sense::Usual,
                "yeni sıkıcı kapalı gizli bence için ile gibi daha en de da mi mu kullanmıyorum",
            ),
        ],
    ),
    (
        Russian,
        &[
            (Sense::At, "собака собачка эт"),
            (Sense::Dot, "точка"),
            (Sense::Dash, "тире минус плюс дефис"),
            (Sense::And, "и потом"),
            (Sense::Top, "ком ру нет орг"),
            (Sense::Mail, "гмаил джимейл гмейл жмейл"),
            (Sense::MailAmongOthers, "мейл яндекс майл"),
            (Sense::Mine, "мой моя мои моё меня мне"),
            (Sense::Reach, "добавь пиши напиши найди добавляй подпишись звони ищи"),
            (Sense::On, "в во на через"),
            (Sense::Named, "ник логин айди"),
            (
                Sense::Usual,
                "и а но или не нет да это этот я ты он она мы вы они мне тебе мой твой очень",
            ),
            (
                Sense::Usual,
                "скучно скучный закрыт закрытый приватный удалил удалила новый старый плохой",
            ),
            (
                Sense::Usual,
                "хороший лучше хуже уже еще там тут здесь сейчас сегодня завтра всегда никогда",
            ),
            (
                Sense::Usual,
                "не работает блокируют пожалуйста что как где когда почему если просто только",
            ),
        ],
    ),
    (
        Italian,
        &[
            (Sense::At, "chiocciola"),
            (Sense::Point, "punto"),
            (Sense::And, "e poi"),
            (Sense::Is, "è"),
            (Sense::Mine, "mio mia"),
            (Sense::Reach, "aggiungimi scrivimi cercami seguimi"),
            (Sense::On, "su con"),
            (
                Sense::Usual,
                "il lo la i gli le un una e o ma è sono non molto che di da per con senza io tu",
            ),
            (
                Sense::Usual,
                "noioso nuovo vecchio privato meglio peggio mai sempre anche solo ora oggi",
            ),
        ],
    ),
    (
        Polish,
        &[
            (Sense::At, "małpa"),
            (Sense::AppInShort, "snapie snapa instagramie telegramie fejsie messengerze"),
            (Sense::Dot, "kropka"),
            (Sense::And, "i potem"),
            (Sense::Is, "to jest"),
            (Sense::Mine, "mój moj moje"),
            (Sense::Reach, "dodaj napisz znajdź pisz"),
            (Sense::On, "na w przez"),
            (
                Sense::Usual,
                "i a ale lub nie tak to jest ja ty on ona my wy bardzo nudny nowy stary dobry",
            ),
        ],
    ),
    (
        Dutch,
        &[
            (Sense::At, "apenstaartje"),
            (Sense::Dot, "punt"),
            (Sense::And, "en dan"),
            (Sense::Is, "is"),
            (Sense::Mine, "mijn"),
            (Sense::Reach, "voeg stuur zoek volg"),
            (Sense::On, "op via"),
            (
                Sense::Usual,
                "de het een en of maar is zijn was niet geen ik jij je hij zij wij saai leuk oud",
            ),
        ],
    ),
    (Language::Chinese, &[(Sense::Usual, "我 你 他 她 的 是 不 好")]),
];
