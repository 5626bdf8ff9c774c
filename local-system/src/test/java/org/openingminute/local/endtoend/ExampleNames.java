package org.openingminute.local.endtoend;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Replaces generated names, which differ with each run, by fixed ones for examples. */
final class ExampleNames {

    private static final Pattern REFERENCE = Pattern.compile("RE27-[0-9A-Z]{6}");
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /** Ids, references, days, times and revisions. */
    private static final Pattern DRAWN = Pattern.compile(
            ID.pattern() + "|ML26-7K3M[0-9]+|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+Z)?|(?<=\"If-Match\":\"\\\\\")[0-9]+");

    private final String url;
    private final Map<String, String> ids = new HashMap<>();
    private final Map<String, String> references = new HashMap<>();

    /** @param url the URL of the running system */
    ExampleNames(String url) {
        this.url = url;
    }

    /** The text with fixed names; the same id is replaced alike in all texts. */
    String in(String text) {
        String known = text.replace(url, "http://localhost:8080")
                .replaceAll("examples[a-z-]*-[0-9a-f]{8}", "mlsys-2026")
                .replaceAll("\\.[0-9a-f]{8}@example\\.org", "@example.org")
                .replaceAll("(\"accessToken\": ?\")[^\"]+", "$1k1.…");
        return replaced(
                REFERENCE, "ML26-7K3M%02d", references, replaced(ID, "0198c1f4-fe80-7000-8000-%012x", ids, known));
    }

    private static String replaced(Pattern pattern, String format, Map<String, String> known, String text) {
        return pattern.matcher(text)
                .replaceAll(one -> known.computeIfAbsent(one.group(), _ -> format.formatted(known.size() + 1)));
    }

    /** The text of a JSON document without values that differ between runs; statuses, bounds and amounts stay. */
    static String plain(String text) {
        return DRAWN.matcher(text).replaceAll("0");
    }
}
