package org.openingminute.registration.desk;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Registration;

/**
 * Turns people and registrations into the words of the search index, and typed text into queries for words with a given prefix. This code,
 * and not PostgreSQL, folds the words, so that results do not depend on a database's locale. Accents are ignored; {@code ä} is indexed as
 * {@code a} and as {@code ae}. Pure.
 */
public final class SearchWords {

    private static final int LONGEST = 100;
    private static final int LONGEST_IDEOGRAMS = 20;

    /** Letters that Unicode normalisation does not decompose. */
    private static final Map<Character, String> LETTERS =
            Map.of('ß', "ss", 'ø', "o", 'æ', "ae", 'œ', "oe", 'ł', "l", 'đ', "d", 'ð', "d", 'þ', "th", 'ı', "i");

    private static final Map<Character, String> UMLAUTS = Map.of('ä', "ae", 'ö', "oe", 'ü', "ue");
    private static final Pattern MARKS = Pattern.compile("\\p{M}+");
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{N}]+");
    private static final Pattern MARKS_AROUND = Pattern.compile("^[^\\p{L}\\p{N}]+|[^\\p{L}\\p{N}]+$");
    private static final Pattern SPACE = Pattern.compile("[\\s\\p{Z}]+");

    private final Set<String> words = new LinkedHashSet<>();

    private SearchWords() {}

    /** Returns the words of a registration and of everything in it. */
    static Set<String> of(Registration registration) {
        SearchWords all = new SearchWords();
        all.reference(registration.reference());
        all.text(registration.contact().name());
        all.address(registration.contact().email());
        all.text(registration.invoice().organization());
        all.text(registration.invoice().purchaseOrder());
        registration.attendees().forEach(all::person);
        return all.words;
    }

    /** Returns the words of an attendee, and those of the registration's reference. */
    static Set<String> of(Registration registration, Attendee attendee) {
        SearchWords all = new SearchWords();
        all.reference(registration.reference());
        all.person(attendee);
        return all.words;
    }

    /** Returns the key by which attendees are sorted: family name, then given name. */
    static String sortKey(Attendee attendee) {
        return sortKey(attendee.familyName() + ' ' + attendee.givenName());
    }

    /** Returns the sort key of a typed name, comparable with the keys of attendees. */
    static String sortKey(String name) {
        return cut(fold(name));
    }

    /**
     * Builds a {@code tsquery} for the rows that have, for each word of the text, a word with that prefix.
     *
     * @param choices groups of words; a row must have one exact word of each group
     * @return {@code null} if all rows match
     */
    public static @Nullable String query(String text, List<List<String>> choices) {
        List<String> all = new ArrayList<>();
        for (List<String> anyOf : choices) {
            all.add(anyOf.stream()
                    .map(SearchWords::quoted)
                    .reduce((a, b) -> a + " | " + b)
                    .orElseThrow());
        }
        SPACE.splitAsStream(text.strip()).filter(word -> !word.isEmpty()).forEach(word -> all.add(prefixes(word)));
        return all.isEmpty() ? null : "(" + String.join(") & (", all) + ")";
    }

    /**
     * Builds a {@code tsquery} for the rows that have two words which are adjacent in the text, such as a given and a family name, or one
     * word of a script that is written without spaces.
     *
     * @param most how many words of the text are used
     * @return {@code null} if the text yields no such query
     */
    static @Nullable String adjacentWords(String text, int most) {
        List<String> words = BETWEEN_WORDS
                .splitAsStream(fold(text))
                .filter(word -> word.codePoints().anyMatch(Character::isLetter))
                .map(SearchWords::cut)
                .limit(most)
                .toList();
        Set<String> pairs = new LinkedHashSet<>();
        for (int i = 0; i < words.size(); i++) {
            if (Character.isIdeographic(words.get(i).codePointAt(0))
                    && words.get(i).length() > 1) {
                pairs.add(quoted(words.get(i)));
            }
            if (i > 0) {
                pairs.add("(" + quoted(words.get(i - 1)) + " & " + quoted(words.get(i)) + ")");
            }
        }
        return pairs.isEmpty() ? null : String.join(" | ", pairs);
    }

    /**
     * Builds the prefix query of a typed word: as it is, without surrounding marks, without any marks, and split at marks, as {@code
     * O'Brien} into {@code o} and {@code brien}.
     */
    private static String prefixes(String word) {
        String folded = fold(word);
        Stream<String> whole = Stream.of(
                        folded,
                        MARKS_AROUND.matcher(folded).replaceAll(""),
                        BETWEEN_WORDS.matcher(folded).replaceAll(""))
                .filter(prefix -> !prefix.isEmpty())
                .map(SearchWords::prefix)
                .distinct();
        return Stream.concat(whole, divided(folded).stream())
                .reduce((a, b) -> a + " | " + b)
                // A word of punctuation alone is not a prefix of any word.
                .orElseGet(() -> quoted(word));
    }

    /** Builds the query for rows that have all parts of a word, the last part as a prefix; empty if no mark splits the word. */
    private static Optional<String> divided(String folded) {
        List<String> parts = BETWEEN_WORDS
                .splitAsStream(folded)
                .filter(part -> !part.isEmpty())
                .toList();
        if (parts.size() < 2) {
            return Optional.empty();
        }
        Stream<String> complete = parts.subList(0, parts.size() - 1).stream().map(part -> quoted(cut(part)));
        return Optional.of(Stream.concat(complete, Stream.of(prefix(parts.getLast())))
                .collect(Collectors.joining(" & ", "(", ")")));
    }

    private static String prefix(String word) {
        return quoted(cut(word)) + ":*";
    }

    static String quoted(String word) {
        return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    private void person(Attendee attendee) {
        text(attendee.givenName() + ' ' + attendee.familyName());
        joined(attendee.familyName() + ' ' + attendee.givenName());
        text(attendee.badgeName());
        text(attendee.affiliation());
        address(attendee.email());
    }

    /** Adds each word of the text, and all of them joined, so that the text is found however a reader splits it. */
    private void text(@Nullable String text) {
        if (text == null) {
            return;
        }
        spellings(text).forEach(spelling -> {
            BETWEEN_WORDS.splitAsStream(spelling).forEach(this::word);
            word(BETWEEN_WORDS.matcher(spelling).replaceAll(""));
        });
    }

    private void joined(String text) {
        spellings(text).forEach(spelling -> word(BETWEEN_WORDS.matcher(spelling).replaceAll("")));
    }

    private void reference(String reference) {
        String folded = fold(reference);
        word(folded);
        text(reference);
    }

    /** Adds the whole address, its domain and parent domains, and the words of the local part. */
    private void address(String address) {
        String folded = fold(address);
        word(folded);
        int at = folded.lastIndexOf('@');
        text(folded.substring(0, Math.max(at, 0)));
        String domain = folded.substring(at + 1);
        while (!domain.isEmpty()) {
            word(domain);
            int dot = domain.indexOf('.');
            domain = dot < 0 ? "" : domain.substring(dot + 1);
        }
    }

    private void word(String word) {
        if (word.isEmpty()) {
            return;
        }
        words.add(cut(word));
        // Ideographic scripts put no spaces between words, so a suffix from each character on is indexed too.
        if (word.length() <= LONGEST_IDEOGRAMS && Character.isIdeographic(word.codePointAt(0))) {
            for (int i = word.offsetByCodePoints(0, 1); i < word.length(); i = word.offsetByCodePoints(i, 1)) {
                words.add(word.substring(i));
            }
        }
    }

    private static String cut(String word) {
        return word.codePointCount(0, word.length()) <= LONGEST
                ? word
                : word.substring(0, word.offsetByCodePoints(0, LONGEST));
    }

    private static Set<String> spellings(String text) {
        String lower = Normalizer.normalize(text, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
        return new LinkedHashSet<>(List.of(fold(lower), fold(replaced(lower, UMLAUTS))));
    }

    /** Lower-cases the text and removes accents. */
    private static String fold(String text) {
        String apart = Normalizer.normalize(text, Normalizer.Form.NFKD).toLowerCase(Locale.ROOT);
        return replaced(MARKS.matcher(apart).replaceAll(""), LETTERS);
    }

    private static String replaced(String text, Map<Character, String> letters) {
        StringBuilder replaced = new StringBuilder(text.length());
        text.chars().forEach(sign -> {
            @Nullable String other = letters.get((char) sign);
            if (other == null) {
                replaced.append((char) sign);
            } else {
                replaced.append(other);
            }
        });
        return replaced.toString();
    }
}
