"""Make snippets.csv.gz and minimal_pairs.csv.gz. Run from the top folder: python -m data.sentiment.build

The snippets come from a pinned package. The pairs were written for the book and stand below.
"""

import io
import tarfile
from pathlib import Path

import pandas as pd

from data.fetch import read_from_sdist, write_csv_gz

SOURCE = {
    "requirement": "vaderSentiment==3.3.2",
    "sha256": "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9",
    "member": "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz",
}
FILES = {
    "movies": "movieReviewSnippets_GroundTruth.txt",
    "products": "amazonReviewSnippets_GroundTruth.txt",
    "tweets": "tweets_GroundTruth.txt",
}

# The same words in two orders: the first half is positive, the second negative.
ORDER = """
It is good, not bad. | It is bad, not good.
Funny, never boring. | Boring, never funny.
A clever film, not a stupid one. | A stupid film, not a clever one.
Not dull, this one is a delight. | Not a delight, this one is dull.
Weak at first, great in the end. | Great at first, weak in the end.
I expected a mess and got a masterpiece. | I expected a masterpiece and got a mess.
More charming than tedious. | More tedious than charming.
Less silly than touching. | Less touching than silly.
Too long it is not, and it is fun. | Fun it is not, and it is too long.
The plot is thin, but the film is wonderful. | The plot is wonderful, but the film is thin.
What looks cheap is brilliant. | What looks brilliant is cheap.
Despite a poor script, a moving film. | Despite a moving script, a poor film.
A comedy to enjoy, not to forget. | A comedy to forget, not to enjoy.
It could have been awful; it is superb. | It could have been superb; it is awful.
Promised a disaster, delivers a triumph. | Promised a triumph, delivers a disaster.
Far from terrible, it is beautiful. | Far from beautiful, it is terrible.
Hardly pretentious, simply honest. | Hardly honest, simply pretentious.
It is anything but lifeless; it is gripping. | It is anything but gripping; it is lifeless.
Smart rather than lazy. | Lazy rather than smart.
Instead of cliches we get surprises. | Instead of surprises we get cliches.
No flaws, all heart. | No heart, all flaws.
All wit and no nonsense. | All nonsense and no wit.
It lacks faults and has charm. | It lacks charm and has faults.
You will not regret it, you will love it. | You will not love it, you will regret it.
They say it fails, but it works. | They say it works, but it fails.
The trailer was bad, the film is excellent. | The trailer was excellent, the film is bad.
I was bored by the book and thrilled by the film. | I was thrilled by the book and bored by the film.
Nothing here is wrong and everything is right. | Nothing here is right and everything is wrong.
Never stupid, always inventive. | Never inventive, always stupid.
Without tricks, with feeling. | Without feeling, with tricks.
You may hate the hero and still admire the film. | You may admire the hero and still hate the film.
Other films are dumb; this one is sharp. | Other films are sharp; this one is dumb.
"""

# One or two words make the difference; again the positive half comes first.
NEGATION = """
This is a good film. | This is not a good film.
I liked it. | I never liked it.
The jokes are funny. | The jokes are not funny.
I would recommend it. | I would not recommend it.
It does work. | It does not work.
A film with ideas. | A film without ideas.
You should see it. | You should not see it.
It has heart. | It has no heart.
The acting is convincing. | The acting is hardly convincing.
This film is never boring. | This film is boring.
It is not at all predictable. | It is predictable.
Not a waste of time. | A waste of time.
The story is convincing. | The story is far from convincing.
There is tension. | There is no tension.
I was never bored. | I was bored.
It never lets you down. | It lets you down.
It is memorable. | It is anything but memorable.
The film is as good as the book. | The film is not as good as the book.
Everybody will enjoy this. | Nobody will enjoy this.
It makes sense. | It makes no sense.
A must see. | Not a must see.
The ending is satisfying. | The ending is not satisfying.
It is worth your money. | It is not worth your money.
I cared about these people. | I never cared about these people.
It is never dull. | It is dull.
There is something new here. | There is nothing new here.
The director has talent. | The director has no talent.
This could be called a masterpiece. | This could not be called a masterpiece.
It never fails to move us. | It fails to move us.
It is not too long. | It is too long.
The script has no flaws. | The script has flaws.
This is fun. | This is no fun.
"""


def read_snippets() -> pd.DataFrame:
    rows = []
    with tarfile.open(fileobj=io.BytesIO(read_from_sdist(**SOURCE))) as archive:
        for source, name in FILES.items():
            content = archive.extractfile(f"hutto_ICWSM_2014/{name}").read().decode("utf-8-sig")
            for line in filter(str.strip, content.split("\n")):
                _, rating, text = line.split("\t", 2)
                rows.append((source, round(float(rating), 4), " ".join(text.split())))
    return pd.DataFrame(rows, columns=["source", "rating", "text"])


snippets = read_snippets()
assert snippets["source"].value_counts().to_dict() == {"movies": 10_605, "tweets": 4_200, "products": 3_708}
write_csv_gz(snippets, Path(__file__).with_name("snippets.csv.gz"))

pairs = [
    (kind, *(half.strip() for half in line.split("|")))
    for kind, block in {"order": ORDER, "negation": NEGATION}.items()
    for line in block.strip().splitlines()
]
pairs = pd.DataFrame(pairs, columns=["kind", "positive", "negative"])
write_csv_gz(pairs, Path(__file__).with_name("minimal_pairs.csv.gz"))
