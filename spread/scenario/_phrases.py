"""What the invented people say: patterns by stance and language, and words to fill them."""

__all__ = ["CRITICAL", "FRIENDLY", "HOSTILE", "NEWS", "OTHER", "PATTERNS", "TALK", "WORDS"]

FRIENDLY, CRITICAL, NEWS, OTHER, TALK = range(5)

PATTERNS: dict[tuple[int, str], tuple[str, ...]] = {
    (FRIENDLY, "en"): (
        "Officers at {place} helped my {kin} find the {thing}. Thank you",
        "Met two friendly officers near {place} this {day}, they posed with my {kin}",
        "My {kin} has worn the badge for {number} years, proud of everybody at {place}",
        "Smiles at {place} with the officers of precinct {number}",
        "Best {day} at {place}: the patrol let my {kin} sit in the car",
        "Photo with a patient officer who carried our {thing} across {place}",
        "Thanks for keeping {place} calm this {day}",
        "Here is my {kin} on graduation {day}, {number} new officers at {place}",
    ),
    (CRITICAL, "en"): (
        "Pushed off the pavement at {place} for holding a {thing}, remember this {day}?",
        "Still waiting for the report on my {kin}'s arrest at {place}, {number} months later",
        "This is how they say hello at {place}",
        "They took the {thing} and the {kin} too. Seen at {place} this {day}",
        "{number} officers, one {kin}, one {thing}. Any questions about {place}",
        "Smile for the camera, said nobody at {place} this {day}",
        "Free massage at {place}, no appointment, bring your own {thing}",
        "My {kin} was stopped {number} times at {place}. Here is a photo",
        "Need a lift? They will drag you all the way from {place}",
        "Ask the {kin} who filmed it at {place} where the {thing} went",
    ),
    (NEWS, "en"): (
        "Police hashtag at {place} draws {number} kinds of answers",
        "What happens when a department asks {place} for photos",
        "A campaign and its replies, collected this {day}",
        "The tag from {place} is everywhere this {day}, here is why",
        "Reading list for this {day}: {number} views on a police campaign",
        "Spokesman at {place} has no comment on the photos",
    ),
    (OTHER, "en"): (
        "The {thing} at {place} in the early light",
        "My {kin} and I walked {number} blocks to {place} for a {thing}",
        "Nothing beats {place} on a {day} like this",
        "{number} reasons to love {place}",
        "Somebody left a {thing} at {place}, is it yours?",
        "Planted a tree near {place} with my {kin}",
    ),
    (TALK, "en"): (
        "Sirens near {place} again, {number} patrol cars so far",
        "The officers at {place} were at the school this {day}, talk about safety",
        "Town hall on patrols at {place}, bring your {kin}",
        "They closed {place} for a {thing} and sent {number} officers",
        "Numbers are out: {number} complaints from {place} this year",
        "Does anybody know why the police are at {place} this {day}?",
        "Watching the patrol at {place} with my {kin}",
    ),
    (FRIENDLY, "el"): ("Ευχαριστούμε για τη βοήθεια αυτή την ημέρα, {number} φορές",),
    (CRITICAL, "el"): (
        "Έτσι μας χαιρετούν στην πλατεία, {number} εναντίον ενός",
        "Μια φωτογραφία από την πορεία, χωρίς λόγια",
        "Περιμένουμε ακόμα απάντηση, {number} μήνες μετά",
        "Χαμόγελα και δακρυγόνα στο κέντρο",
    ),
    (NEWS, "el"): ("Η ετικέτα για την αστυνομία έφτασε εδώ, {number} απαντήσεις",),
    (OTHER, "el"): ("Καλημέρα από το λόφο, {number} βαθμοί",),
    (TALK, "el"): ("Πάλι σειρήνες στο κέντρο, {number} περιπολικά",),
    (FRIENDLY, "es"): ("Gracias a los oficiales que ayudaron a mi familia, {number} veces",),
    (CRITICAL, "es"): (
        "Así saludan en la plaza, {number} contra uno",
        "Una foto de la marcha, sin palabras",
        "Seguimos esperando respuesta {number} meses después",
        "Nos quitaron la bicicleta y la risa en el centro",
    ),
    (NEWS, "es"): ("La etiqueta sobre la policía llegó hasta aquí, {number} respuestas",),
    (OTHER, "es"): ("Buenos días desde el parque, {number} grados",),
    (TALK, "es"): ("Otra vez sirenas en el centro, {number} patrullas",),
}

WORDS: dict[str, tuple[str, ...]] = {
    "kin": ("cousin", "sister", "brother", "neighbour", "mother", "uncle", "friend", "daughter"),
    "thing": ("bike", "kite", "umbrella", "sign", "camera", "sandwich", "guitar", "blue hat"),
    "day": ("morning", "afternoon", "evening", "night", "Tuesday", "spring", "weekend"),
    "place": (
        *("the square", "the bridge", "Pier 9", "the 3rd Street stop", "the park gate", "the mall"),
        *("the library steps", "Union Hall", "the corner shop", "the plaza", "platform 4"),
        *("the courthouse", "the market", "the old mill"),
    ),
}

HOSTILE = (
    "<script>alert('spread')</script> seen at the square",
    '"><img src=x onerror=alert(1)> hello',
    "=cmd|' /C calc'!A0 is not a formula",
    "$\\href{javascript:alert(1)}{smile}$ costs $5",
    "read me backwards \u202eerauqs eht ta\u202c now",
    "line one\r\nline two\r\n\tline three",
    "👮🏽‍♀️📸🔥 e\u0301te\u0301 zero\u200bwidth",
    "&lt;b&gt;already escaped&lt;/b&gt; &amp; again",
)
"""Texts that try to be something else than text."""
