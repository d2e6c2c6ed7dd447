"""What the words of the page mean: the columns of its tables, and the terms of its sentences."""

__all__ = ["GLOSSARY", "HEADINGS", "MEANINGS", "OF_TABLE", "PLAIN"]

MEANINGS = {
    "about": "what the row is about",
    "active": "accounts located there that wrote at all",
    "adopters": "accounts located there that used the tag",
    "agree": "specifications that find the same as the study",
    "agrees": "whether the same is found as in the study",
    "as_expected": "whether nothing was found",
    "at": "when; the median where it is an estimate",
    "at_s": "seconds after the original, or after the first retweet where the original is known "
    "by its number alone",
    "authors": "accounts that used it",
    "authors_kept": "share of the authors kept, drawn at random",
    "bayes_factor": "how much likelier what is seen is with a parent here than without, whatever "
    "was thought before",
    "between": "pairs of accounts of different camps between which the account stands",
    "beyond_null": "whether the interval leaves out the value of no effect",
    "branching": "tweets that one tweet calls forth on average, under the fitted process",
    "brought": "accounts of the rising camp that began to write between the earliest onset and the "
    "latest end of the rise, and had passed on its tweets before",
    "camp": "group of accounts that retweet each other; A is the largest",
    "cannot_tell": "why it cannot be told; empty: it can",
    "cascade": "number of the cascade, in order of its original",
    "censored": "not reached before the archive ends",
    "change": "number of the change, in order of time",
    "child": "the hashtag that grew",
    "cluster": "number of the cluster, the largest first",
    "control": "where no turn should be found",
    "core": "largest k such that the account is among accounts with k neighbours each in their "
    "midst (k-core)",
    "coverage": "observed / reported",
    "credit": "tweets and retweets that count for the account, each shared equally along its chain",
    "density": "share of all its pairs that are in step",
    "depth": "steps from the original to the farthest retweet, mean over inferred trees",
    "draw": "number of the random draw",
    "duplicates": "records of a tweet that another record stands for",
    "elsewhere": "accounts of all other camps that used it",
    "entered": "whether the account was not in the list of the slice before",
    "entered_at": "when its credit of the time before first was among the five largest",
    "events": "tweets of its own that the process is fitted to",
    "expected_at": "when the place was due, if arrival followed the number of active users alone",
    "expected_rank": "rank if arrival followed the number of active users alone",
    "external": "share of its own tweets that nothing in the archive precedes",
    "fold": "highest / lowest over all specifications",
    "formats": "what the file was read as",
    "found": "whether a turn was found",
    "gatekeeper": "pairs between which it brought another camp's author to its own camp",
    "group": "the camp",
    "h_index": "the most h of its originals that were retweeted h times each",
    "hashtag": "as tags are compared: without regard to case",
    "holds": "in words",
    "in": "accounts with a camp that passed it on",
    "in_step": "whether accounts that share in step are kept",
    "itinerant": "pairs of one other camp between which it stands",
    "k": "the adopter whose use counts as arrival: the k-th of the place",
    "kept": "records that are in the archive's tables",
    "kind": "how it belongs to the family",
    "lag_s": "median delay between two accounts, in seconds",
    "leaderrank": "importance by being passed on by important accounts; 1 on average (LeaderRank)",
    "least": "tweets if all that came from outside after the account's first tweet were its too",
    "liaison": "pairs of two other camps between which it stands",
    "log_bayes_factor_lost": "how much of the evidence for a turn goes with the account's tweets, "
    "in natural logarithms; under 0: the rest shows the turn more clearly",
    "log_odds": "how much likelier the camp's accounts use it than others, in natural logarithms",
    "lost": "tweets and retweets that descend from the account: at least, at most",
    "mark": "followers of the account",
    "matched": "yes: compared at the same size",
    "max_breadth": "most tweets at one depth",
    "measure": "what the curve shows",
    "naive_answer": "what a simpler rule would have said",
    "naive_at": "first tweet by matching locations alone",
    "naive_first_rank": "rank by first use",
    "naive_followers_rank": "rank by followers",
    "naive_parent": "the older tag that it stands beside most",
    "naive_retweets_rank": "rank by retweets received",
    "notices": "lines of a stream that are no tweets",
    "objects": "tweets that they shared in step",
    "observed": "retweets that the archive holds",
    "of": "people of the camp who passed anything on in that slice",
    "originals": "own tweets with the tag, retweets not counted",
    "out": "accounts with a camp that it passed on",
    "outside_in": "share of those who passed it on that are of other camps",
    "p_early": "probability of being so early, if arrival followed the number of active users",
    "p_entered": "probability that its credit ever was among the five largest",
    "p_family": "probability of any parent in the family",
    "p_first": "probability of having the most credit of all",
    "p_independent": "probability that it was invented on its own",
    "p_null": "how often the series, with its times shifted, follows the other as closely",
    "p_outside": "probability of a parent that the archive does not hold",
    "p_reached": "probability that the place was reached at all",
    "p_reached_by_chance": "the same, if arrival followed the number of active users alone",
    "p_same_inventor": "probability that no tweet that is missing was the first",
    "p_top5": "probability of being among the five with most credit",
    "p_turn": "probability of a turn",
    "p_turned": "probability of a turn, and of being first in these accounts (brought)",
    "pagerank": "importance by being passed on by important accounts; 1 in sum (PageRank)",
    "pairs": "pairs of its accounts that are in step",
    "parent": "the hashtag it comes from; empty: none, or cannot tell",
    "parent_entropy": "how open the parents are, in nats a retweet; 0: all certain",
    "participation_in": "how evenly those who passed it on are spread over the camps; 0: one camp",
    "participation_out": "how evenly those whom it passed on are spread over the camps; 0: one "
    "camp",
    "probability": "how probable what the row says is, given the archive",
    "q": "largest share of false finds up to this pair (false discovery rate)",
    "rank": "place in order, 1 the first",
    "reconstruction": "how the trees were inferred",
    "rejected": "records that could not be read",
    "reported": "retweets that the platform reported for the original",
    "representative": "pairs between which it brought an author of its own camp to another",
    "resolution": "how finely camps are cut; 1: the study's",
    "retweeters": "people of the camp who passed the account on",
    "robust": "whether it holds everywhere, in direction and size",
    "root_at": "when the original was posted, or first passed on where it is known by its number "
    "alone",
    "share_agree": "agree / specifications that were asked",
    "share_as_large": "of those asked, within twofold of the study's estimate",
    "share_beyond_null": "of those with an interval, how many leave out the value of no effect",
    "shown": "as it is written most often",
    "size": "tweets of the cascade: the original and its retweets in the archive",
    "source_record": "number of the record in its file",
    "specification": "number of the set of choices; 0: the study's own",
    "specifications": "sets of choices under which it was asked",
    "star_depth": "depth if everyone retweeted the original itself",
    "star_virality": "virality if everyone retweeted the original itself",
    "strength": "weight of all edges of the account, given and received",
    "support": "share of redrawn adopters that give the same answer",
    "template": "the form that it shares with other tags",
    "time_to_10_s": "seconds from the beginning until the 10th tweet; empty: never",
    "time_to_100_s": "seconds until the 100th tweet",
    "time_to_1000_s": "seconds until the 1,000th tweet",
    "times_doubted": "times in the stated zone that are a quarter of an hour or more from their "
    "ids: it may be another zone",
    "times_without_zone": "of these, those that say a time, but not its zone",
    "times_of_ids": "tweets that say no time that can be read, and have that of their ids",
    "together": "tweets that carry it beside the studied tag",
    "tweets": "tweets with it, retweets included",
    "units": "cascades that began in the bin",
    "users": "accounts that say they are there",
    "verdict": "what is told of its parent",
    "virality": "structural virality: mean steps between two tweets of the cascade",
    "weight": "retweets, expected over uncertain locations",
    "window": "which part of the time, on each side of the turn",
    "without": "tweets that do not trace back to the account",
    "x": "value of the measure",
    "y": "share of cascades, median seconds, or mean, at that value",
    "z": "log odds in standard errors",
    "z_in": "accounts of its own camp that passed it on, in standard deviations from the camp's "
    "mean",
    "z_out": "accounts of its own camp that it passed on, in standard deviations from the camp's "
    "mean",
}
"""What a column means, in whatever table it stands."""

OF_TABLE = {
    "drivers": {"share": "of what the rising camp posted and passed on while it rose"},
    "elites": {"share": "of the people of the camp who passed anything on in that slice"},
    "files": {"size": "bytes of the file", "sha256": "fingerprint of its content"},
    "flows": {"retweets": "that were seen from the one place to the other"},
    "in_step": {"share": "of the tweets that the pairs have in common, those shared in step"},
    "influence": {"share": "of the target's own tweets on its first day, those that trace back "
                  "to the source"},
    "between_cities": {"share": "of the target's own tweets, those that trace back to the source"},
    "recruitment": {
        "share": "of the hashtag's adopters after the first",
        "source": "the hashtag they came through; empty: nothing that the archive shows",
    },
    "seeds": {"share": "of all credit in the archive", "retweets": "by the account"},
    "sensitivity": {"retweets": "whether retweets are counted for the turn"},
    "traced": {"share": "of the hashtag's own tweets on its first day, those that trace back to "
               "the studied tag"},
    "tree": {"depth": "steps from the original", "probability": "of the parent that is drawn"},
    "turn_timeline": {"share": "of the cascades that began in the bin"},
    "turn_volume": {"end_at": "of the last whole bin, later than the last tweet in it"},
    "turned": {"share": "of the credit for the turn", "retweets": "by the account",
               "credit": "for the accounts that began to write for the rising camp"},
    "vocabulary": {"kind": "hashtag or word", "accounts": "of the camp that used it"},
    "profile": {"cascades": "that the curve is of"},
}  # fmt: skip
"""What a column means in one table alone."""

PLAIN = frozenset(
    {
        "account", "accounts", "after", "authors", "before", "blank", "cascades", "city", "claim",
        "country", "credit_median", "end_at", "estimate", "first_at", "high", "highest",
        "interval", "kept_follows", "kept_tweets", "kept_users", "label", "last_at", "latitude",
        "location", "longitude", "low", "lowest", "naive_rule",
        "onset", "p_present", "place", "public",
        "question", "reason", "records", "recovered", "region", "sha256", "source",
        "source_file", "source_name", "start_at", "target", "target_name", "term", "text", "topic",
        "tweet_id", "tweets_per_min", "unit", "variant",
    }
)  # fmt: skip
"""Columns that speak for themselves."""

HEADINGS = {
    "interval": "how sure",
    "label": "account",
    "naive_answer": "simpler answer",
    "naive_rule": "simpler rule",
    "recovered": "found",
    "shown": "written",
}
"""How a column is headed, where its own name says less."""

GLOSSARY = (
    ("camp", "Accounts that retweet each other more than chance; a group, not an opinion."),
    ("cascade", "An original tweet with all its retweets in the archive."),
    (
        "kernel",
        "How the chance that a retweet comes from another tweet grows with its author's "
        "followers and falls with the time since. The platform does not say from whom a retweet "
        "comes; the kernel is what the inferred trees rest on.",
    ),
    ("coverage", "Retweets that the archive holds, of those that the platform reported."),
    (
        "credit",
        "Each tweet and retweet counts one, shared equally by the accounts on its chain back to "
        "the original; a share of credit is of the sum over all accounts.",
    ),
    ("depth, breadth", "Steps from the original to the farthest retweet; most tweets at one step."),
    ("structural virality", "Mean steps between two tweets of a cascade: 2 at most for a star."),
    ("star", "The tree as platforms report it: all retweets directly of the original."),
    ("onset", "When a camp's share of new cascades began to rise."),
    ("half-way", "When that rise was half done."),
    (
        "turned it",
        "Brought more of the rising camp's new accounts than anyone else, counted from the "
        "earliest onset to the latest end of the rise: those who had passed on its tweets before "
        "they began to write.",
    ),
    (
        "traces back",
        "Has its first cause there, under a process fitted to the times of the tweets in which "
        "each may call forth others.",
    ),
    ("branching", "Tweets that one tweet calls forth on average; under 1 a process dies out."),
    (
        "descends",
        "A hashtag that came from another with a probability of 0.8 or more. It rests on which "
        "was used first, on how alike their forms are, and on its first accounts: how many had "
        "used the other or turned to its users, against what its size explains, and how many "
        "named both in one tweet. These must speak for a parent together; no one of them must.",
    ),
    ("arrival", "When the third account that says it lives in a city used the tag there."),
    ("bin", "A stretch of time in which things are counted together."),
    ("specification", "One set of choices under which the claims are made again."),
    ("interval", "95 %, for the model named; what depends on the choice of model stands beside."),
    (
        "probability",
        "How sure the answer is, given the archive and the model named: 0 never, 1 certain. In "
        "tables shares, too, run from 0 to 1.",
    ),
    ("cannot tell", "The archive does not decide it; the reason stands with it."),
)
"""Terms of the page, for a reader who meets them first."""
