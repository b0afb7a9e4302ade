/** The languages. The files with their texts are beside this script. */
export const LANGUAGES = ["ar", "de", "en", "es", "fr", "he", "it", "ja", "ko", "pl", "pt-BR", "zh-Hans"];

/** The texts of the button, by language. English is built in; the others are loaded. @type {Record<string, any>} */
const NAMES = { en: { notifications: "Notifications", bell_name: { other: "Notifications, {count} unread" } } };

/** The texts of buttons that are being loaded. @type {Record<string, Promise<any>>} */
const loadingNames = {};

/** @param {string} tag @returns {string}  The language, without script and region. */
const primaryLanguage = (tag) => tag.split("-")[0].toLowerCase();

/** @param {Element} element @returns {string}  The language to use in it, one of `LANGUAGES`. */
export const languageOf = (element) => {
  const tag = element.closest("[lang]")?.getAttribute("lang") || navigator.language;
  return LANGUAGES.find((each) => each === tag) ?? LANGUAGES.find((each) => primaryLanguage(each) === primaryLanguage(tag)) ?? "en";
};

/**
 * The texts of the button in a language. Until they are loaded, and if that fails, the button is in English.
 *
 * @param {string} tag @param {(name: string) => Promise<any>} load @param {() => void} loaded
 */
export const buttonTexts = (tag, load, loaded) => {
  if (!NAMES[tag]) {
    const names = (loadingNames[tag] ??= load(`${tag}.bell`));
    names.then((names) => ((NAMES[tag] = names), loaded())).catch(() => {});
  }
  return NAMES[tag] ?? NAMES.en;
};
