"""report: one self-contained HTML page on where the documents went, the vocabulary, the training and the scores.

Its metrics file holds the headline figures, which is what DVC compares between runs.
"""

from pipeline.core.shards import write_text
from pipeline.core.stage import Job, Metrics, Output, OutputKind, Stage, main
from pipeline.schema.report import ReportConfig

STAGE = Stage(
    name="report",
    doc=__doc__,
    sections={"report": ReportConfig},
    inputs={
        "figures": "the stages' metrics files (<stage>.json), or folders of them",
        "dropped": "the stages' dropped/ folders (data/<stage>/dropped)",
        "curve": "loss curve (train)",
        "evaluation": "folder that evaluate wrote",
        "tokenizer": "folder of the tokenizer",
        "tables": "folder of the tokenizer's tables",
    },
    outputs={"outfile": Output("the page", OutputKind.file)},
)


def run(job: Job) -> Metrics:
    from pipeline.reporting.headline import headline
    from pipeline.reporting.inputs import (
        read_curve,
        read_dropped,
        read_evaluation,
        read_figures,
        read_json,
        read_uses,
    )
    from pipeline.reporting.page import render

    config = job.section(ReportConfig)
    figures = read_figures(job.inputs["figures"])
    dropped = read_dropped(job.inputs["dropped"], config.samples_per_reason)
    page = render(
        config,
        figures,
        dropped,
        read_curve(job.input("curve")),
        read_evaluation(job.input("evaluation")),
        read_json(job.input("tokenizer") / "wenyuan.json"),
        read_uses(job.input("tables") / "new_tokens.csv"),
    )
    write_text(job.output("outfile"), page)
    job.say(f"{len(figures)} stages, {sum(map(len, dropped.values()))} samples of dropped rows")
    return headline(figures)


if __name__ == "__main__":
    raise SystemExit(main(STAGE, run))
