package org.openingminute.local.configuration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The source text of an application.yml: the variable for each key, and the comment above it. A YAML parser would drop the comments. */
record PropertyFile(List<Line> lines) {

    private static final Pattern LINE = Pattern.compile("( *)([\\w-]+):(?: (.*))?");
    private static final Pattern COMMENT = Pattern.compile(" *# (.*)");
    private static final Pattern SET_BY = Pattern.compile("\\$\\{([A-Z][A-Z0-9_]*)(?::(.*))?}.*");
    private static final Pattern NAMED = Pattern.compile("\\$\\{([A-Z][A-Z0-9_]*)[:}]");

    /**
     * A key with a value.
     *
     * @param comment the comment directly above it, or an empty text
     */
    record Line(String key, String value, String comment) {

        /** The variable that sets the key, or an empty text. */
        String variable() {
            Matcher set = SET_BY.matcher(fromVariable());
            return set.matches() ? set.group(1) : "";
        }

        /** The default without the variable, or an empty text. */
        String otherwise() {
            Matcher set = SET_BY.matcher(fromVariable());
            return set.matches() && set.group(2) != null && !set.group(2).startsWith("$") ? set.group(2) : "";
        }

        /** Skips a prefix, as in {@code optional:configtree:${SECRETS_DIR:...}}. */
        private String fromVariable() {
            return value.substring(Math.max(0, value.indexOf("${")));
        }
    }

    static PropertyFile read(Path file) throws IOException {
        List<Line> lines = new ArrayList<>();
        Deque<Map.Entry<Integer, String>> above = new ArrayDeque<>();
        StringBuilder comment = new StringBuilder();
        for (String text : Files.readAllLines(file)) {
            Matcher said = COMMENT.matcher(text);
            Matcher line = LINE.matcher(text);
            if (said.matches()) {
                comment.append(comment.isEmpty() ? "" : " ").append(said.group(1));
                continue;
            }
            if (line.matches()) {
                int depth = line.group(1).length();
                while (!above.isEmpty() && above.getLast().getKey() >= depth) {
                    above.removeLast();
                }
                above.addLast(Map.entry(depth, line.group(2)));
                if (line.group(3) != null) {
                    lines.add(new Line(joined(above), line.group(3), comment.toString()));
                }
            }
            comment.setLength(0);
        }
        return new PropertyFile(List.copyOf(lines));
    }

    private static String joined(Deque<Map.Entry<Integer, String>> names) {
        StringBuilder key = new StringBuilder();
        for (Iterator<Map.Entry<Integer, String>> name = names.iterator(); name.hasNext(); ) {
            key.append(name.next().getValue()).append(name.hasNext() ? "." : "");
        }
        return key.toString();
    }

    /** The lines that a variable sets, by key. */
    Map<String, Line> setByVariables() {
        Map<String, Line> set = new LinkedHashMap<>();
        lines.stream().filter(line -> !line.variable().isEmpty()).forEach(line -> set.put(line.key(), line));
        return set;
    }

    /** All variables that the file names. */
    List<String> variables() {
        return lines.stream()
                .flatMap(line -> NAMED.matcher(line.value()).results())
                .map(found -> found.group(1))
                .distinct()
                .toList();
    }
}
