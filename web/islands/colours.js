// The tokens of web/css/tokens.css for drawings that cannot use a style sheet. Read when drawing, so large print is followed.
const style = () => getComputedStyle(document.documentElement);

/** The value of a token: token("accent"). */
export const token = (name) => style().getPropertyValue(`--${name}`).trim();

/** Body text in pixels, times a factor. */
export const textSize = (factor = 1) => Math.round(parseFloat(style().fontSize) * factor);

export const font = () => token("font");
