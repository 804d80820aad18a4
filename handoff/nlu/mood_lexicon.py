"""Word lists behind the style of a message (:mod:`handoff.nlu.mood_style`). English, lower case, as tokens are.

They hold what a training set of some thousand lines cannot: the rarer words for the same thing. Measured on kinds of
text that were kept out of training, style with these lists is worth half a point of AUROC in plain words.
"""

from __future__ import annotations

from handoff.nlu.entity_patterns import words

NEGATIVE = words(
    """
    abandoned abominable absurd abysmal angry annoyed annoying appalled appalling argh arrogant ashamed atrocious
    awful betrayed bs bullshit cheat cheated circus clown clowns clueless crap crappy damn deplorable despicable
    disappointed disappointing disappointment disgrace disgraceful disgusted disgusting dismal dissatisfied dodgy
    dreadful dumb embarrassing enraged exasperated excuse excuses exhausting fail failed fails failure farce fed ffs
    fobbed fraud frustrated frustrating frustration fuck fucked fucking fuming furious garbage ghosted grr hate hated
    hell hopeless horrendous horrible horrid horrific idiot idiotic idiots ignored ignoring impossible incapable
    incompetence incompetent inept inexcusable infuriating insane insult insulted insulting irate irritated irritating
    lame laughable lazy liar liars lied lies livid lousy ludicrous lying mad misled mislead misleading moron
    morons negligent nightmare nonsense offensive outraged outrageous outrage pathetic piss pissed pointless poor
    preposterous rage ridiculous ripoff robbed robbery rotten rubbish rude ruin ruined scam scammed scammers screwed
    shambles shame shameful shameless shit shitty shocked shocking shoddy sick smh stolen stranded stupid suck sucks
    terrible theft thieves tired trash ugh unacceptable unanswered unbelievable unethical unfair unhappy unhelpful
    unjustified unprofessional unreal unreliable upset useless waste wasted wasting worse worst worthless wtf
    """
)
TROUBLE = words(
    """
    bad badly blank blocked broke broken bug cancelled canceled charged cold complain complaint crash crashed crashes
    crashing damaged dead declined defective delay delayed delays denied disconnected down error errors expired
    failing fault faulty fee fees freezes frozen hold hung issue issues late leaking lost missed missing mistake
    outage overcharged problem problems refund refused rejected slow smashed stuck torn trouble unable unresolved wait
    waited waiting wrong
    """
)
POSITIVE = words(
    """
    amazing appreciate appreciated awesome beautiful best better blessed brilliant cheers clean clever congrats
    congratulations cool correct cute delicious delighted easy enjoy enjoyed enjoying excellent excited fab fabulous
    fantastic fast favorite favourite fixed friendly fun gem glad good gorgeous grateful great haha hahaha happy
    helped helpful hero hilarious honest hooray impressed impressive kind kudos legend like liked lol love loved
    lovely luck magic nice nicely outstanding patient perfect perfectly pleasant pleased pleasure polite professional
    proud quick quickly recommend recommended relieved resolved respect satisfied smile smooth solved sorted splendid
    spotless star stellar stoked super superb sweet thank thanks thankful thoughtful thrilled thx top ty useful
    welcome well win winner won wonderful wonderfully works worth wow yay yummy
    """
)
INSISTENCE = words(
    """
    again already always another constantly continually everytime every forever keep keeps kept multiple numerous once
    repeatedly several since still thrice times twice yet finally fifth fourth third
    """
)
YOU = words("u ur y'all yall you you'll you're you've you'd youre your yours yourself yourselves")
NEGATION = words(
    """
    ain't aint aren't arent can't cannot cant couldn't couldnt didn't didnt doesn't doesnt don't dont hadn't hasn't
    hasnt haven't havent isn't isnt neither never no nobody none nope nor not nothing nowhere shouldn't wasn't wasnt
    weren't without won't wont wouldn't wouldnt zero
    """
)
SOUR = frozenset("😡🤬😠😤👎🤮💢🖕😒🙄😑😞😔😩😫🤦🤡💀😖😣🤷🙃")
SWEET = frozenset("😍🥰❤💙💚🧡💜💛😊🙂😁😀😄😃🎉👍🙏🥳💪🔥✨🤩😘😎🙌😇🤗😂🤣😅😆😉👌")
