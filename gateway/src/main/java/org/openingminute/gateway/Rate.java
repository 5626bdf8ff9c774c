package org.openingminute.gateway;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rate of a limit, written {@code 50/s, 250 at once} or {@code 30/h, 30 at once}: a long-term rate and a burst. Not a record, because a
 * record's components would become configuration keys. Immutable.
 */
public final class Rate {

    private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,6})/([smh]), ([1-9]\\d{0,6}) at once");

    private final String written;
    private final int calls;
    private final Duration per;
    private final int atOnce;

    private Rate(Matcher form) {
        written = form.group();
        calls = Integer.parseInt(form.group(1));
        per = switch (form.group(2)) {
            case "s" -> Duration.ofSeconds(1);
            case "m" -> Duration.ofMinutes(1);
            default -> Duration.ofHours(1);
        };
        atOnce = Integer.parseInt(form.group(3));
    }

    /**
     * Parses a rate.
     *
     * @throws IllegalArgumentException if the text does not have the form above
     */
    public static Rate of(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw new IllegalArgumentException("a limit is written as 50/s, 250 at once (s, m or h)");
        }
        return new Rate(form);
    }

    /** The number of calls in each {@link #per()}, in the long run. */
    public int calls() {
        return calls;
    }

    public Duration per() {
        return per;
    }

    public int atOnce() {
        return atOnce;
    }

    /** The time in which the rate allows a number of calls, in the long run. */
    public Duration timeOf(long ofCalls) {
        return per.multipliedBy(ofCalls).dividedBy(calls);
    }

    /** The number of calls that the rate allows in a time, in the long run. */
    public int callsIn(Duration time) {
        return (int) Math.min(Integer.MAX_VALUE, time.multipliedBy(calls).dividedBy(per));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Rate rate && written.equals(rate.written);
    }

    @Override
    public int hashCode() {
        return written.hashCode();
    }

    /** The rate as it was written. */
    @Override
    public String toString() {
        return written;
    }
}
