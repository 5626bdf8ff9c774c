package org.openingminute.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;

class GalleryTest {

    private static final Pattern FRAGMENT = Pattern.compile("th:fragment=\"([a-z-]+)");
    private static final Pattern USE = Pattern.compile("ui/parts :: ([a-z-]+)");

    /** A fragment that is only part of others appears on the page with them. */
    @Test
    void every_fragment_is_on_the_page() throws IOException {
        String parts = template("ui/parts");
        assertThat(named(USE, template(Gallery.TEMPLATE) + parts)).containsAll(named(FRAGMENT, parts));
    }

    private static Set<String> named(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(found -> found.group(1)).collect(Collectors.toSet());
    }

    private static String template(String name) throws IOException {
        return new ClassPathResource("templates/" + name + ".html").getContentAsString(StandardCharsets.UTF_8);
    }
}
