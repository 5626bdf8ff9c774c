package org.openingminute.ui.part;

import java.util.List;

/**
 * A search and choices that narrow a list. The address holds them all, so a view can be sent to somebody else.
 *
 * @param action the list's address
 * @param target id of the element that holds the list, which is exchanged while typing
 * @param query what is searched for
 */
public record Filters(String action, String target, String query, List<Choice> choices, List<Field> fields) {

    private static final int MOST_UNFOLDED = 3;

    public Filters {
        choices = List.copyOf(choices);
        fields = List.copyOf(fields);
    }

    /** Whether there are so many that all but the search stand folded. */
    public boolean isFolded() {
        return choices.size() + fields.size() > MOST_UNFOLDED;
    }

    /** Whether the list is narrowed by more than the search. */
    public boolean isNarrowed() {
        return choices.stream().anyMatch(Choice::isNarrowed)
                || fields.stream().anyMatch(field -> !field.value().isEmpty());
    }

    /** Without fields. */
    public Filters(String action, String target, String query, List<Choice> choices) {
        this(action, target, query, choices, List.of());
    }

    /** A list to choose from, of which the first option stands for all. */
    public record Choice(String name, String label, List<Option> options) {

        public Choice {
            options = List.copyOf(options);
        }

        private boolean isNarrowed() {
            return options.stream().skip(1).anyMatch(Option::isChosen);
        }
    }

    /**
     * A field to fill in, which stands for all while it is empty.
     *
     * @param type of the input, as {@code text} or {@code date}
     */
    public record Field(String name, String label, String type, String value) {}

    public record Option(String value, String text, boolean isChosen) {}
}
