"""The curve and the progress line."""

from pipeline.training.history import History, Point, Progress


def test_a_point_is_the_mean_over_tokens_since_the_last_one():
    history = History()
    history.add(4.0, 10)
    history.add(1.0, 30)
    assert history.point(2, None, 0.5) == Point(2, 40, 1.75, None, 0.5)
    history.add(3.0, 10)
    assert history.point(3, 2.5, 0.25).train_loss == 3.0
    assert history.to_csv() == (
        "step,tokens,train_loss,validation_loss,learning_rate\n2,40,1.75,,0.5\n3,50,3,2.5,0.25\n"
    )


def test_a_history_goes_on_from_its_state():
    history = History()
    history.add(4.0, 10)
    history.point(1, None, 0.5)
    history.add(2.0, 10)
    assert History.of_state(history.state()) == history


def test_the_progress_line_says_where_the_run_stands(monkeypatch):
    clock = iter([0.0, 10.0])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    progress = Progress(step=0, steps=1500, tokens=0, tokens_per_character=0.8, tokens_at_peak=20_300.0)
    figures = progress.figures(Point(120, 81_200, 5.2134, 5.4, 0.02))
    assert progress.line(120, figures) == (
        "step 120/1500  loss 5.213  6.017 bits/character  val 5.400  8,120 tokens/s  MFU 40.0%  time left 1:55"
    )


def test_the_mixture_is_what_was_drawn():
    history = History()
    history.draw("中文", {"news": 3, "reviews": 1})
    history.draw("中文", {"news": 3, "wiki": 1})
    history.draw("中英", {"en": 5})
    assert history.mixture() == {"中文": {"news": 0.75, "reviews": 0.125, "wiki": 0.125}, "中英": {"en": 1.0}}
    assert history.drawn_tokens == 13
    assert History.of_state(history.state()) == history
