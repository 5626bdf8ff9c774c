package org.openingminute.ui.part;

import java.util.List;

/**
 * A search field and filters for a list. All of them are in the URL, so that a view can be bookmarked and shared.
 *
 * @param action the list's address
 * @param target the id of the element that contains the list and is replaced while the reader types
 * @param query the search text
 */
public record Filters(String action, String target, String query, List<Choice> choices, List<Field> fields) {

    private static final int MOST_UNFOLDED = 3;

    public Filters {
        choices = List.copyOf(choices);
        fields = List.copyOf(fields);
    }

    /** Whether there are so many filters that all except the search are collapsed. */
    public boolean isFolded() {
        return choices.size() + fields.size() > MOST_UNFOLDED;
    }

    /** Whether a filter other than the search narrows the list. */
    public boolean isNarrowed() {
        return choices.stream().anyMatch(Choice::isNarrowed)
                || fields.stream().anyMatch(field -> !field.value().isEmpty());
    }

    /** Creates a search with choices and no fields. */
    public Filters(String action, String target, String query, List<Choice> choices) {
        this(action, target, query, choices, List.of());
    }

    /** A filter with options to choose from; the first option means no restriction. */
    public record Choice(String name, String label, List<Option> options) {

        public Choice {
            options = List.copyOf(options);
        }

        private boolean isNarrowed() {
            return options.stream().skip(1).anyMatch(Option::isChosen);
        }
    }

    /**
     * A filter to fill in; an empty field means no restriction.
     *
     * @param type the type of the input, for example {@code text} or {@code date}
     */
    public record Field(String name, String label, String type, String value) {}

    public record Option(String value, String text, boolean isChosen) {}
}
