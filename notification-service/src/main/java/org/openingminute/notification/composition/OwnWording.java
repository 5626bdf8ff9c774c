package org.openingminute.notification.composition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.openingminute.kit.problem.FieldError;
import org.openingminute.kit.web.SingleLine;
import org.openingminute.notification.due.MailKind;

/**
 * An organiser's wording that replaces ours: a subject and the beginning of the mail. Plain text; an empty line ends a paragraph.
 * Immutable.
 */
public record OwnWording(String subject, String text) {

    private static final int LONGEST_SUBJECT = 150;
    private static final int LONGEST_TEXT = 4_000;

    private static final Pattern IN_BRACES = Pattern.compile("\\{([^{}]*)}");
    private static final Pattern EMPTY_LINES = Pattern.compile("(?>\\R)\\h*+(?:\\R\\h*+)++");

    /** Returns the errors of this wording for a kind of mail; empty if it can be used. */
    public List<FieldError> faults(MailKind kind) {
        List<FieldError> faults = new ArrayList<>();
        if (!PlainText.isLine(subject)) {
            faults.add(FieldError.of("subject", "not-one-line", "must be one line without control characters"));
        }
        if (!PlainText.isText(text)) {
            faults.add(FieldError.of(
                    "text", "control-characters", "must have no control characters other than line breaks"));
        }
        check("subject", subject, LONGEST_SUBJECT, kind, Placeholder.neededInSubject(), faults);
        check("text", text, LONGEST_TEXT, kind, Placeholder.neededInText(kind), faults);
        return faults;
    }

    private static void check(
            String field, String text, int longest, MailKind kind, Set<Placeholder> needed, List<FieldError> faults) {
        if (text.isBlank() || text.length() > longest) {
            faults.add(FieldError.of(
                    field, text.isBlank() ? "required" : "too-long", "must have 1 to {} characters", longest));
        }
        Set<Placeholder> known = Placeholder.of(kind);
        Set<Placeholder> missing = EnumSet.noneOf(Placeholder.class);
        missing.addAll(needed);
        Matcher inBraces = IN_BRACES.matcher(text);
        while (inBraces.find()) {
            Optional<Placeholder> one = Placeholder.written(inBraces.group(1)).filter(known::contains);
            one.ifPresentOrElse(
                    missing::remove,
                    () -> faults.add(FieldError.of(
                            field,
                            "unknown-placeholder",
                            "{} is not a placeholder of this mail; it has: {}",
                            inBraces.group(),
                            list(known))));
        }
        if (IN_BRACES.matcher(text).replaceAll("").matches("(?s).*[{}].*")) {
            faults.add(FieldError.of(field, "lone-brace", "has an unmatched brace; braces are only for placeholders"));
        }
        if (!missing.isEmpty()) {
            faults.add(FieldError.of(field, "missing-placeholder", "must have {}", list(missing)));
        }
    }

    private static String list(Set<Placeholder> placeholders) {
        return placeholders.stream().map(Placeholder::written).collect(Collectors.joining(", "));
    }

    String subject(Function<Placeholder, String> values) {
        return filled(subject, values);
    }

    List<String> paragraphs(Function<Placeholder, String> values) {
        return Arrays.stream(EMPTY_LINES.split(text.strip()))
                .map(paragraph -> filled(paragraph, values))
                .toList();
    }

    /** Replaces all placeholders in one pass, so that values are not searched for placeholders: a name may contain braces. */
    private static String filled(String text, Function<Placeholder, String> values) {
        return SingleLine.of(IN_BRACES
                .matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(
                        Placeholder.written(found.group(1)).map(values).orElseGet(found::group))));
    }
}
