package org.openingminute.notification.subscription;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A topic of a subscription. */
public enum Topic {
    REGISTRATION("registration"),
    PROGRAM("program"),
    KEYNOTES("keynotes"),
    PRICE_DEADLINE("price-deadline");

    private final String code;

    Topic(String code) {
        this.code = code;
    }

    /** The name in requests, rows and keys of texts. */
    public String code() {
        return code;
    }

    /** The topic with this name, if there is one. */
    public static Optional<Topic> of(String code) {
        return Arrays.stream(values()).filter(topic -> topic.code.equals(code)).findFirst();
    }

    /** The names of all topics. */
    public static List<String> codes() {
        return Arrays.stream(values()).map(Topic::code).toList();
    }

    /** Joins topics to one text without blanks, always in the same order. */
    static String join(Collection<Topic> topics) {
        return topics.stream().sorted().map(Topic::code).collect(Collectors.joining(","));
    }

    /** Splits a text written by {@link #join}; topics that only another version knows are dropped. */
    public static Set<Topic> split(String joined) {
        Set<Topic> topics = EnumSet.noneOf(Topic.class);
        for (String code : joined.split(",", -1)) {
            of(code).ifPresent(topics::add);
        }
        return topics;
    }
}
