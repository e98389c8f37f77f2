"""The headline: one number a column, and nothing invented where a stage is absent."""

from pipeline.reporting.headline import headline


def test_each_figure_comes_from_its_stage():
    figures = {
        "split": {"train": {"documents": 16000, "characters": 2_682_997}},
        "tokenizer": {
            "vocab_size": 4096,
            "fertility": {
                "heldout": {"base": {"characters_per_token": 0.48}, "tokenizer": {"characters_per_token": 1.29}}
            },
        },
        "train": {"parameters": 3_450_000, "epochs": 1.5, "train_loss": 5.1},
        "evaluate": {
            "test": {"bits_per_character": 6.1, "bits_per_byte": 2.1},
            "validation": {"bits_per_character": 5.9},
            "baselines": {"uniform": 12.4, "bigram": 6.9, "kneser_ney_5": 5.9},
            "sentiment": {
                "shots_0": {"accuracy": 0.52, "shots_used": 0},
                "shots_4": {"accuracy": 0.6, "shots_used": 2},
            },
        },
    }
    assert headline(figures) == {
        "bpc": 6.1,
        "bpc_validation": 5.9,
        "bigram": 6.9,
        "kneser_ney_5": 5.9,
        "sentiment_0": 0.52,
        "sentiment_4": 0.6,
        "train_characters": 2_682_997,
        "vocabulary": 4096,
        "characters_per_token": 1.29,
        "parameters": 3_450_000,
        "epochs": 1.5,
    }


def test_shots_that_had_no_room_are_not_shown_as_given():
    runs = {"shots_0": {"accuracy": 0.52, "shots_used": 0}, "shots_4": {"accuracy": 0.52, "shots_used": 0}}
    assert headline({"evaluate": {"sentiment": runs}}) == {"sentiment_0": 0.52}


def test_an_absent_stage_leaves_its_columns_out():
    assert headline({"split": {"train": {"characters": 12}}}) == {"train_characters": 12}
