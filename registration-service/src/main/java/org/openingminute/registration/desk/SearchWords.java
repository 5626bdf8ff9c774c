package org.openingminute.registration.desk;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.lifecycle.Attendee;
import org.openingminute.registration.lifecycle.Registration;

/**
 * The words by which people and registrations are found: those of a text, and a query for all that begin with some. They are made
 * here and not by PostgreSQL, so that no locale of a database changes them. Accents do not count, and {@code ä} is {@code a} and
 * {@code ae}. Pure.
 */
public final class SearchWords {

    private static final int LONGEST = 100;
    private static final int LONGEST_IDEOGRAMS = 20;

    /** Letters that Unicode does not take apart. */
    private static final Map<Character, String> LETTERS =
            Map.of('ß', "ss", 'ø', "o", 'æ', "ae", 'œ', "oe", 'ł', "l", 'đ', "d", 'ð', "d", 'þ', "th", 'ı', "i");

    private static final Map<Character, String> UMLAUTS = Map.of('ä', "ae", 'ö', "oe", 'ü', "ue");
    private static final Pattern MARKS = Pattern.compile("\\p{M}+");
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{N}]+");
    private static final Pattern SPACE = Pattern.compile("[\\s\\p{Z}]+");

    private final Set<String> words = new LinkedHashSet<>();

    private SearchWords() {}

    /** The words of a registration and of all that are in it. */
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

    /** The words of an attendee, and the reference. */
    static Set<String> of(Registration registration, Attendee attendee) {
        SearchWords all = new SearchWords();
        all.reference(registration.reference());
        all.person(attendee);
        return all.words;
    }

    /** The names by which attendees are sorted. */
    static String sortKey(Attendee attendee) {
        return sortKey(attendee.familyName() + ' ' + attendee.givenName());
    }

    /** A name that was typed, as those are by which attendees are sorted. */
    static String sortKey(String name) {
        return cut(fold(name));
    }

    /**
     * A query in PostgreSQL's own form for rows that have, for each word of a text, one that begins with it.
     *
     * @param choices words that rows must have as they are
     * @return {@code null} if all rows are meant
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
     * A query for rows that have two words which stand beside each other in a text, as given and family name do, or one word in a script
     * that divides none.
     *
     * @param most how many words of the text count
     * @return {@code null} if no row can have them
     */
    static @Nullable String neighbours(String text, int most) {
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

    private static String prefixes(String word) {
        String folded = fold(word);
        return Stream.of(folded, BETWEEN_WORDS.matcher(folded).replaceAll(""))
                .filter(prefix -> !prefix.isEmpty())
                .map(SearchWords::cut)
                .distinct()
                .map(prefix -> quoted(prefix) + ":*")
                .reduce((a, b) -> a + " | " + b)
                // A mark that belongs to no letter begins no word.
                .orElseGet(() -> quoted(word));
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

    /** Each of its words, and all as one, so that it is found however it is divided. */
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

    /** The whole address, its domain and those above it, and the words of the part before it. */
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
        // Words in these scripts are not divided, so they are found from each sign on.
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

    /** In lower case and without accents. */
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
