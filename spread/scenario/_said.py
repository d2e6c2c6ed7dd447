"""What people say in the campaigns that ask for something, and what their sides are called."""

from spread.scenario._phrases import CRITICAL, FRIENDLY, NEWS, OTHER, PATTERNS, TALK

__all__ = ["BOOKS", "CAMPS", "FOOD", "LEANINGS", "MONEY", "MUSIC"]

CAMPS = ("house", "critics", "press", "public", "public", "public")
LEANINGS = ("house", "critics", "press", "friendly public", "critical public", "other public")

_Patterns = dict[tuple[int, str], tuple[str, ...]]

_ANYWHERE: _Patterns = {
    (OTHER, "en"): PATTERNS[OTHER, "en"],
    (TALK, "en"): (
        "Queue at {place} again this {day}, {number} people so far",
        "They closed {place} for a {thing}",
        "Does anybody know what happens at {place} this {day}?",
        "My {kin} says {place} is open again",
    ),
}

FOOD: _Patterns = _ANYWHERE | {
    (FRIENDLY, "en"): (
        "Fries with my {kin} after {place}, every {day}",
        "My first job was at the counter near {place}, {number} friends for life",
        "Pancakes at {place} with the {kin} this {day}",
        "Met the farmer who grows the potatoes, near {place}",
    ),
    (CRITICAL, "en"): (
        "Found something in the bag at {place} that was no {thing}",
        "My {kin} was ill for {number} days after lunch at {place}",
        "Worked the grill at {place} for {number} weeks. Never again",
        "Ask my {kin} what was in the salad this {day}",
    ),
    (NEWS, "en"): (
        "A chain asks for stories and pays for the tag, {number} so far",
        "What a promoted tag costs, explained at {place}",
    ),
}

MONEY: _Patterns = _ANYWHERE | {
    (FRIENDLY, "en"): (
        "What should my {kin} study to work in a bank near {place}?",
        "Which book do you give to new colleagues this {day}?",
        "How did you get your first job, and was it at {place}?",
    ),
    (CRITICAL, "en"): (
        "Is it the {number} fines or the {thing} that you are proudest of?",
        "My {kin} lost the house near {place}. Would you like to see it?",
        "How many {thing}s does one settlement buy?",
        "When you count other people's money at {place}, do you use both hands?",
        "Can my {kin} have the pension back this {day}?",
    ),
    (NEWS, "en"): (
        "A bank asks for questions and gets {number} of them",
        "The event of tomorrow, and what is asked already",
        "No comment from the bank this {day}",
    ),
}

MUSIC: _Patterns = _ANYWHERE | {
    (FRIENDLY, "en"): (
        "When will you sing near {place} again? My {kin} asks",
        "Which song took you {number} {day}s to write?",
        "What did you listen to as a child?",
    ),
    (CRITICAL, "en"): (
        "Who reads these before you do?",
        "Do you really want to hear what my {kin} would ask this {day}?",
        "Why should my {kin} come to {place}?",
        "Who thought that this tag was a good idea this {day}?",
    ),
    (NEWS, "en"): ("A singer asks for questions, {number} minutes later this",),
}

BOOKS: _Patterns = _ANYWHERE | {
    (FRIENDLY, "en"): (
        "Page {number} of a long one, on the bench at {place}",
        "My {kin} reads to me every {day}",
        "The one with the {thing} on its cover, from {place}",
    ),
    (CRITICAL, "en"): (
        "I would read more if the branch at {place} were open this {day}",
        "{number} weeks on the waiting list for one book",
    ),
    (NEWS, "en"): ("What {place} reads: {number} answers",),
}
