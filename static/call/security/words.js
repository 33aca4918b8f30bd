/** The words that stand for the four bytes of a code: 256 in each language, told apart by four letters. */

// Nouns of everyday life, chosen for this purpose: read aloud well, neither medical nor offensive.
const GERMAN = `
  abend acker ahorn allee alpen anker anzug apfel april atlas aula bach bagger bahn ballon
  banane basar becher beere berg besen biber birke bison blume bohne bonbon boot brief brot
  bruder bude chor clown comic couch dackel dame decke dorf dusche ebene echo ecke efeu eiche
  eimer eisen elch elefant elster erbse eule fabrik faden fahne falke farn feder feld ferien
  fluss fohlen frucht fuchs funke galerie gans gebirge geige giraffe gitarre glas glocke gold
  gras gurke hafen hagel halle harfe hebel hecht hecke heide hemd himmel hirsch hobel holz
  horn hose hotel hummel hund iltis insel jahr jasmin jubel juni kabel kalender kamel kamin
  kater kerze kessel kiesel kirsche knopf komet konzert kran krone krug kugel kupfer kutsche
  lachs land leder leine lerche licht linde lineal lotse luft magnet mais mango mantel marke
  maske mauer maus meer mehl meise milch mohn molke mond moos muster nebel nelke netz nickel
  note nudel nuss oase olive orange osten paket palme panda papier pappel pauke perle pfeffer
  pferd pfirsich pflaume pizza platz pokal prinz puzzle quark quelle quitte radio rahmen
  rakete rampe rasen rathaus regal reis ritter roggen rohr roman rose rosine saal salat salz
  samt sattel schaf schnee seide seife seil sessel sieb silber sommer sonne spargel spaten
  specht spiegel spinat sport stift stoff stuhl suppe tafel tante tasche teich tempel teppich
  theater thymian topf treppe trommel truhe tulpe turm turnier ufer urlaub vase veilchen
  vorhang vulkan waage wald wappen wasser weide welle wind woche wolke wort zahl zange zebra
  zeile ziege zimt zirkel zitrone zucker zwerg`;

const ENGLISH = `
  acorn album amber angle apron arena atlas badge bagel baker ballet bamboo banana basil
  basket beach beaver bench berry bicycle birch bison blanket boat bonfire book border bottle
  bowl branch breeze brick broom brush bubble bucket cabin cable cactus camel candle canoe
  canvas carpet carrot castle cello chalk cheese chess clock cloud clover coach coral corner
  cousin crane crayon cream cricket crown crystal curtain cushion dance denim desert diamond
  diary dinner dolphin donkey door drum eagle earth echo eclipse engine fabric falcon feather
  fence ferry fiddle field finch flute forest fossil fountain frame frog fruit galaxy garden
  gate giraffe glass glove gold goose grape grass guitar hammer hamster harp hazel hedge hill
  horizon horse house iceberg iris iron ivory jacket jasmine jewel journey juice jungle kettle
  keyboard kite koala ladder lagoon lake lemon letter library lime linen lion lobster lotus
  lunch mango maple meadow melon mirror moon morning mosaic mouse needle night notebook nutmeg
  oasis ocean onion otter oyster paddle painter panda parade parrot pasta peach peanut pearl
  pelican pencil pepper piano pigeon pillow pilot pine planet plum pocket pony potato pumpkin
  pyramid rabbit radio raft rain ranch ribbon rice river robin rocket rope ruby saddle sailor
  salad salmon sand saucer scarf school scooter seal season sheep shell ship silk singer skate
  sketch slipper snail snow sofa spinach spring squirrel stable straw sugar sunset swan tennis
  theatre thimble thunder ticket tiger toast tomato torch tractor train tree tunnel turtle
  umbrella valley velvet village vine voyage wagon walrus wave whale wheat willow window
  winter wizard wood yogurt`;

/** @type {Record<string, string[]>} */
const LISTS = { de: GERMAN.trim().split(/\s+/), en: ENGLISH.trim().split(/\s+/) };
const LETTERS = 4;

/** @param {string} language of one page; both sides have to take the same @returns {string[]} */
export const listFor = (language) => LISTS[language] ?? LISTS.de;

/** @param {Uint8Array} code @param {string} language @returns {string[]} */
export function spoken(code, language) {
  return [...code].map((byte) => capitalised(listFor(language)[byte]));
}

/**
 * The word that somebody meant: four letters are enough, and case does not matter.
 * @param {string} typed @param {string} language @returns {string} or "" if the list has none such
 */
export function meant(typed, language) {
  const start = typed.trim().toLowerCase().slice(0, LETTERS);
  const word = listFor(language).find((each) => each.slice(0, LETTERS) === start);
  return word ? capitalised(word) : "";
}

/** @param {string} word */
const capitalised = (word) => word[0].toUpperCase() + word.slice(1);

/** @param {string} word @param {string} language in which it is to be read aloud */
export function listed(word, language) {
  const made = document.createElement("li");
  made.lang = language;
  made.textContent = word;
  return made;
}
