"""What a run in bulk writes: a row for each kept text, a row for each dropped one, and counts that add up."""

from collections import Counter
from collections.abc import Iterable, Sequence

from pipeline.contract.metrics import Json, Tally
from pipeline.core.stage import Metrics, ledger_metrics
from pipeline.generation.answers import Answer
from pipeline.generation.floor import Rejection
from pipeline.generation.prompts import Prompts

Row = dict[str, Json]


def kept_rows(prompts: Prompts, answers: Sequence[Answer], judged: Sequence[Rejection | None]) -> Iterable[Row]:
    """prompt, sample, text, ended, tokens, perplexity, and `fields` where the prompt has any."""
    return (_row(prompts, answer) for answer, rejection in zip(answers, judged, strict=True) if not rejection)


def dropped_rows(prompts: Prompts, answers: Sequence[Answer], judged: Sequence[Rejection | None]) -> Iterable[Row]:
    """The same, and reason, measured value and, of copies, the text that stays."""
    for answer, rejection in zip(answers, judged, strict=True):
        if rejection:
            copy_of: Row | None = None
            if rejection.kept is not None:
                kept = answers[rejection.kept]
                copy_of = {"prompt": prompts.asked[kept.prompt].text, "sample": kept.sample}
            why: Row = {"reason": rejection.reason.name, "measured": rejection.measured, "copy_of": copy_of}
            yield {**_row(prompts, answer), **why}


def _row(prompts: Prompts, answer: Answer) -> Row:
    prompt = prompts.asked[answer.prompt]
    row: Row = {
        "prompt": prompt.text,
        "sample": answer.sample,
        "text": answer.text,
        "ended": answer.ended,
        "tokens": answer.tokens,
        "perplexity": answer.perplexity,
    }
    return {**row, "fields": prompt.fields} if prompt.fields else row


def counts(prompts: Prompts, answers: Sequence[Answer], judged: Sequence[Rejection | None]) -> Metrics:
    """The ledger over texts; LedgerImbalance if a text was lost."""
    tally = Tally()
    for answer, rejection in zip(answers, judged, strict=True):
        size = len(answer.text)
        tally.units_in, tally.chars_in = tally.units_in + 1, tally.chars_in + size
        if rejection:
            tally.dropped[rejection.reason.name] += 1
            tally.chars_dropped[rejection.reason.name] += size
        else:
            tally += Tally(used=1, outputs=1, parts=1, chars_out=size)
    metrics = ledger_metrics("generate", "text", [tally])
    metrics["prompts"] = len(prompts.asked)
    metrics["left_out"] = dict(prompts.notes)
    metrics["ended"] = dict(sorted(Counter(answer.ended for answer in answers).items()))
    metrics["tokens"] = sum(answer.tokens for answer in answers)
    return metrics
