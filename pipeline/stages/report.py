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
    from pipeline.reporting import inputs as read
    from pipeline.reporting.headline import headline
    from pipeline.reporting.page import make_page, render

    config = job.section(ReportConfig)
    inputs = read.Inputs(
        figures=read.read_figures(job.inputs["figures"]),
        dropped=read.read_dropped(job.inputs["dropped"], config.samples_per_reason),
        curve=read.read_curve(job.input("curve")),
        evaluation=read.read_evaluation(job.input("evaluation")),
        vocabulary=read.read_json(job.input("tokenizer") / "wenyuan.json"),
        uses=read.read_uses(job.input("tables") / "new_tokens.csv"),
    )
    write_text(job.output("outfile"), render(make_page(config, inputs)))
    job.say(f"{len(inputs.figures)} stages, {sum(map(len, inputs.dropped.values()))} samples of dropped rows")
    return headline(inputs.figures)


if __name__ == "__main__":
    raise SystemExit(main(STAGE, run))
