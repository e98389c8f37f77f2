"""Named points where a test can kill a stage, so that resume is proved at exact places and not after sleeps.

A stage calls `reach("train.after_checkpoint")` where being killed is interesting. Nothing happens unless the
environment variable WENYUAN_KILL_AT holds that very name: then the process kills itself with SIGKILL, as a lost
machine would. A resumed run is started without the variable. Names are `<stage>.<point>`, with a number
where one point is passed many times: `train.step:5`. All points:

    <stage>.published:<n>     the stage's n-th output has its name, the next and the metrics have not
    crawl.response:<n>        a worker's n-th response has come, nothing of it is written
    crawl.after_archive:<n>   its records are on disk, not yet committed
    crawl.after_commit:<n>    it is committed, with the addresses it led to
    crawl.before_publish      all is fetched, nothing is published
    crawl.during_publish      the snapshot is written, but under its temporary name
    dedup.after_exact         exact duplicates are known
    dedup.after_pairs         pairs are verified, nothing is written
    generate.after_batch:<n>  the n-th batch of texts is on disk, the next one not begun
    generate.before_publish   all texts are written, the answers' file is not
    train.step:<n>            step n is done, its checkpoint (if due) not yet written
    train.during_checkpoint   a checkpoint's bytes are written, but under its temporary name
    train.after_checkpoint    a checkpoint stands
    train.before_publish      all outputs are written, none is published
"""

import os
import signal

VARIABLE = "WENYUAN_KILL_AT"


def reach(point: str) -> None:
    """Die here, at once and without clean-up, if WENYUAN_KILL_AT names this point."""
    if os.environ.get(VARIABLE) == point:
        os.kill(os.getpid(), signal.SIGKILL)
