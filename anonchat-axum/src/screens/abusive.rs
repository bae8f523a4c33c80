//! Abusive words by language, beyond those of the library. A star stands for any ending.

use super::Language::{
    self, English, French, German, Italian, Polish, Portuguese, Russian, Spanish, Turkish,
};

/// The worst words of each language.
pub(super) const ABUSIVE: &[(Language, &str)] = &[
    (English, "paki pakis spic spics wetback wetbacks gook gooks raghead"),
    (German, "arschl* arschgesicht fotze* fick* gefickt verfickt* wichs* hurens* nutte* schlampe*"),
    (German, "schwuchtel* missgeburt* kanake* hure huren spast spasti spasten bastard scheiss*"),
    (German, "pimmel* muschi* titten* schwanzlutscher* neger* judensau* vergasen hackfresse"),
    (Spanish, "puta puto putas putos hijoputa* hijueputa* malparid* gilipollas cabron* mierda*"),
    (Spanish, "pendej* chinga* verga pinche maricon* polla joder jodete follar* culero*"),
    (French, "putain* connard* connasse* encule* salope* salaud* pute putes merde* nique* ntm fdp"),
    (French, "batard* pede pedes tapette* couille* foutre bougnoul* youpin*"),
    (Portuguese, "caralh* porra fodase foder fodido fodida foda puta puto putas viado* bucet*"),
    (Portuguese, "cuzao cuzona merda arrombad* vadia* corno otario otaria desgracad* pqp fdp"),
    (Turkish, "orospu* siktir* sikeyim sikerim sikik amk aq amina amcik* yarrak* yarak gavat*"),
    (Turkish, "ibne* kahpe* pezevenk* kaltak* surtuk* şerefsiz* puşt"),
    (
        Russian,
        "бляд* бля блять сука суки сучка хуй хуя хуе* хуи* пизд* ебать ебан* ебал* ебуч* заеб*",
    ),
    (
        Russian,
        "уеб* долбоеб* мудак* мудил* гандон* пидор* пидар* шлюх* говно* залуп* манда чурк* хач",
    ),
    (Russian, "blyad* blyat* suka pizd* ebat* pidor* mudak* huesos*"),
    (Italian, "cazz* stronz* vaffancul* puttan* coglion* minchia froci* merda bastard*"),
    (Polish, "kurw* chuj* huj jeban* jebac pierdol* spierdal* pizd* cipa dziwk* skurwysyn*"),
];

/// Words that say who somebody is, or where, and words of other languages that the
/// list takes for its own. The library's list calls some of them offensive, since
/// they are used as insults too; a person must be able to say them of themselves.
pub(super) const HARMLESS: &str = "gay gays lesbian lesbians lesbo homosexual homo bi bisexual \
    pansexual asexual queer queers trans transgender transsexual transwoman transman nonbinary \
    intersex black blacks asian asians white whites jew jews jewish muslim muslims islam arab arabs \
    christian hindu latina latino latinx mexican african indian native roma gypsy deaf blind \
    disabled autistic autism adhd dyslexic bipolar schizophrenic hiv immigrant refugee woman \
    women girl girls virgin breast breastfeeding period menopause isgay aregay negra negro \
    negras negros fug cok middlesex sussex essex wessex \
    cockermouth penistone scunthorpe lightwater clitheroe hancock shiitake matsushita";
