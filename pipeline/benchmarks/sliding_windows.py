"""Cuts a document into windows so that each token is scored once, with as much before it as the context holds."""

from collections.abc import Iterator, Sequence

from pipeline.benchmarks.language_model import LanguageModel, Request
from pipeline.benchmarks.ngrams import Floats


def windows(ids: Sequence[int], bos: int, context: int, stride: int) -> Iterator[Request]:
    """Requests whose targets, in order, are `ids`.

    The first window scores up to `context` tokens after bos; each further one scores the next `stride` (the last
    one what is left) and is filled up to `context` with what stands before them.
    """
    line = [bos, *ids]
    done = 0
    while done < len(ids):
        end = min(done + (stride if done else context), len(ids))
        start = max(0, end - context)
        yield Request(line[start:end], range(done - start, end - start), ids[done:end])
        done = end


def document_scores(model: LanguageModel, texts: Sequence[str], stride: int) -> tuple[list[float], list[int]]:
    """Of each text Σ ln p over its tokens and the end, and how many tokens that is."""
    requests: list[Request] = []
    owners: list[int] = []
    counts: list[int] = []
    for number, text in enumerate(texts):
        ids = [*model.encode(text), model.eos]
        counts.append(len(ids))
        for request in windows(ids, model.bos, model.context, stride):
            requests.append(request)
            owners.append(number)
    totals = [0.0] * len(texts)
    scores: list[Floats] = model.score(requests)
    for owner, values in zip(owners, scores, strict=True):
        totals[owner] += float(values.sum())
    return totals, counts
