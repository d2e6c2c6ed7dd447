"""How the answers were found: one line a method, with where it is from."""

from typing import NamedTuple

__all__ = ["METHODS", "Method"]


class Method(NamedTuple):
    """What was done, and the works it rests on: (words, address) pairs."""

    topic: str
    done: str
    sources: tuple[tuple[str, str], ...]


_DOI = "https://doi.org/"

METHODS = (
    Method(
        "Times",
        "A tweet's time is that in its id where it agrees with the one stated, to the "
        "millisecond. A retweet's hashtags are its original's.",
        (),
    ),
    Method(
        "Camps",
        "Communities of the retweet graph by Leiden with directed modularity, run many times; "
        "the six largest are A to F. They are groups of accounts, not opinions.",
        (
            ("Traag, Waltman & van Eck 2019", _DOI + "10.1038/s41598-019-41695-z"),
            ("Leicht & Newman 2008", _DOI + "10.1103/PhysRevLett.100.118703"),
        ),
    ),
    Method(
        "Cascades",
        "The platform reports every retweet as one of the original. Who passed on to whom is "
        "inferred: a posterior over parents that grows with an account's followers and decays "
        "with time. Depth, breadth and structural virality are averages over that posterior.",
        (
            ("Rizoiu et al. 2018", _DOI + "10.48550/arXiv.1802.09808"),
            ("Zhuang, Ogata & Vere-Jones 2002", _DOI + "10.1198/016214502760046925"),
            ("Goel et al. 2016", _DOI + "10.1287/mnsc.2015.2158"),
        ),
    ),
    Method(
        "Survival curves",
        "Share of cascades that reach a value or more, with pointwise 95 % Wilson intervals.",
        (
            ("Vosoughi, Roy & Aral 2018", _DOI + "10.1126/science.aap9559"),
            ("Wilson 1927", _DOI + "10.1080/01621459.1927.10502953"),
        ),
    ),
    Method(
        "Kinds of cascades compared",
        "Larger cascades are deeper for their size alone: those of two camps are compared again at "
        "the same size. Intervals draw all cascades of an author together.",
        (
            ("Vosoughi, Roy & Aral 2018", _DOI + "10.1126/science.aap9559"),
            ("Juul & Ugander 2021", _DOI + "10.1073/pnas.2100786118"),
        ),
    ),
    Method(
        "Credit",
        "Each retweet is shared equally among the accounts on its way from the original, which "
        "is their Shapley value; the credit is its expectation over the posterior of parents.",
        (("Shapley 1953", _DOI + "10.1515/9781400881970-018"),),
    ),
    Method(
        "Elites and roles",
        "Whom a camp made its elite: the share of its distinct people, of those who passed "
        "anything on within a slice of time, who passed the account on. Between camps: the pairs "
        "of accounts of different camps between which one stands, an upper bound of what it "
        "carried over.",
        (
            ("Jackson & Foucault Welles 2015", _DOI + "10.1111/jcom.12185"),
            ("Guimerà & Amaral 2005", _DOI + "10.1038/nature03288"),
            ("Gould & Fernandez 1989", _DOI + "10.2307/270949"),
        ),
    ),
    Method(
        "In step",
        "Pairs of accounts that retweeted the same tweets within ten seconds of each other more "
        "often than chance: which of those who retweeted a tweet in one stretch of the clock came "
        "at which moment is random. The false discovery rate is held at 1 % over all pairs.",
        (
            ("Pacheco et al. 2021", _DOI + "10.1609/icwsm.v15i1.18075"),
            ("Benjamini & Hochberg 1995", _DOI + "10.1111/j.2517-6161.1995.tb02031.x"),
        ),
    ),
    Method(
        "Turn",
        "One gradual change of the camps' shares, all onsets and lengths weighed against each "
        "other and against none. The unit is a cascade, so that retweets are not counted as "
        "opinions; how alike those in one cascade are is fitted. Accounts are placed in camps by "
        "what others did, in several splits, which are averaged. Volume plays no part in it; all "
        "changes of shares and of volume, as steps, are found apart.",
        (
            ("Fearnhead 2006", _DOI + "10.1007/s11222-006-8450-8"),
            ("McCullagh 1983", _DOI + "10.1214/aos/1176346056"),
            ("Mosimann 1962", _DOI + "10.1093/biomet/49.1-2.65"),
            ("Chernozhukov et al. 2018", _DOI + "10.1111/ectj.12097"),
        ),
    ),
    Method(
        "Family of hashtags",
        "A hashtag descends from another if its first adopters had used that one beforehand more "
        "often than others had; a parent outside the archive is always possible.",
        (
            ("Adamic et al. 2016", _DOI + "10.1145/2835776.2835827"),
            ("Saracco et al. 2017", _DOI + "10.1088/1367-2630/aa6b38"),
        ),
    ),
    Method(
        "What traces back to the root",
        "Tweets of the largest tags are events of a cross-exciting (Hawkes) process with a common "
        "course from outside; each share is the mean over draws of every event's first cause, and "
        "is compared with series whose times are shifted. A model's answer: whatever "
        "moves two tags alike, and is not in their common course, counts as one calling forth "
        "the other.",
        (
            ("Hawkes 1971", _DOI + "10.1093/biomet/58.1.83"),
            ("Zannettou et al. 2018", _DOI + "10.1145/3278532.3278550"),
        ),
    ),
    Method(
        "Which city fed which",
        "The same process with cities for hashtags. Where an account may live in several places, "
        "or in none that is known, it is drawn there as often as is probable.",
        (("Linderman & Adams 2014", _DOI + "10.48550/arXiv.1402.0914"),),
    ),
    Method(
        "Places",
        "What accounts say in their profile, looked up in GeoNames (CC BY 4.0); what is "
        "ambiguous is refused. Arrival times allow for wrongly placed accounts.",
        (("GeoNames", "https://www.geonames.org/"),),
    ),
)
