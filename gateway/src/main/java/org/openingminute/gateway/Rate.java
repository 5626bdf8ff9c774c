package org.openingminute.gateway;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many calls pass a limit, written {@code 50/s, 250 at once} or {@code 30/h, 30 at once}.
 *
 * @param calls in the long run
 * @param per this time
 * @param atOnce after a quiet moment
 */
public record Rate(int calls, Duration per, int atOnce) {

    private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,6})/([smh]), ([1-9]\\d{0,6}) at once");

    /**
     * Reads the form above.
     *
     * @throws IllegalArgumentException if the text has another form
     */
    public static Rate of(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw new IllegalArgumentException("A limit reads '50/s, 250 at once', not '" + text + "'");
        }
        Duration per = switch (form.group(2)) {
            case "s" -> Duration.ofSeconds(1);
            case "m" -> Duration.ofMinutes(1);
            default -> Duration.ofHours(1);
        };
        return new Rate(Integer.parseInt(form.group(1)), per, Integer.parseInt(form.group(3)));
    }

    /** How long so many calls take in the long run. */
    public Duration timeOf(long ofCalls) {
        return per.multipliedBy(ofCalls).dividedBy(calls);
    }

    /** How many calls pass in a time, in the long run. */
    public int callsIn(Duration time) {
        return Math.toIntExact(time.multipliedBy(calls).dividedBy(per));
    }
}
