"""Recipes are what their names say, and only what is meant to be served is published by itself."""

import pytest

from training.networks import build
from training.options import DEFAULT_RECIPE
from training.recipes import RECIPES


def test_only_networks_that_read_pictures_are_published_by_themselves():
    published = [name for name, recipe in RECIPES.items() if recipe.published]

    assert published == ["pictures", "corrections"]
    assert all(RECIPES[name].config.scores_digits for name in published)


def test_the_default_recipe_is_published():
    assert RECIPES[DEFAULT_RECIPE].published


@pytest.mark.parametrize("name", [DEFAULT_RECIPE, "taught"])
def test_the_served_network_is_small(name):
    assert build(RECIPES[name].config).count_params() <= 250_000


@pytest.mark.parametrize(
    ("name", "weights"),
    [
        pytest.param("article", 784 * 300 + 300 + 300 * 100 + 100 + 100 * 10 + 10, id="article"),
        pytest.param("one-hidden", 784 * 300 + 300 + 300 * 10 + 10, id="one-hidden"),
    ],
)
def test_a_network_is_as_large_as_the_article_says(name, weights):
    assert build(RECIPES[name].config).count_params() == weights


def test_the_article_trains_by_plain_steps_and_keeps_the_best():
    config = RECIPES["article"].config

    assert (config.optimizer, config.schedule, config.peak_learning_rate) == ("sgd", "constant", 0.01)
    assert (config.warmup_fraction, config.weight_decay, config.dropout) == (0, 0, 0)
    assert (config.batch_size, config.keep_best) == (50, True)
