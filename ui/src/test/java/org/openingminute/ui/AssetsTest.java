package org.openingminute.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AssetsTest {

    private final Assets assets = new Assets();

    @ParameterizedTest
    @ValueSource(strings = {"ui.css", "icon.svg", "htmx.js", "live.js", "desk.js"})
    void address_of_a_file_leads_to_its_current_version(String name) {
        String address = assets.address(name);
        assertThat(address)
                .matches("/assets/ui/[a-z-]+\\.[0-9a-f]{12}\\.[a-z]+")
                .contains(assets.find(address.substring(Assets.PATH.length()))
                        .orElseThrow()
                        .asset()
                        .version());
        assertThat(assets.find(address.substring(Assets.PATH.length())))
                .get()
                .matches(Assets.Found::isCurrent)
                .extracting(found -> found.asset().bytes())
                .isNotEqualTo(new byte[0]);
    }

    @Test
    void version_of_another_build_is_answered_with_the_file_of_this_one() {
        assertThat(assets.find("ui.0123456789ab.css"))
                .get()
                .matches(found -> !found.isCurrent())
                .extracting(found -> found.asset().type())
                .isEqualTo("text/css;charset=UTF-8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ui.css",
                "other.0123456789ab.css",
                "ui.0123456789ab.js",
                "ui.0123456789AB.css",
                "ui.0123456789ab0.css",
                "../texts.0123456789ab.css",
                ""
            })
    void unknown_name_has_no_file(String name) {
        assertThat(assets.find(name)).isEmpty();
    }

    @Test
    void template_that_names_no_file_fails() {
        assertThatThrownBy(() -> assets.address("page.css")).isInstanceOf(IllegalArgumentException.class);
    }

    /** The checksum of dist/htmx.min.js in the npm package htmx.org 2.0.11. */
    @Test
    void library_is_the_file_that_its_owner_published() throws Exception {
        String address = assets.address("htmx.js").substring(Assets.PATH.length());
        byte[] file = assets.find(address).orElseThrow().asset().bytes();
        assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file)))
                .isEqualTo("d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717");
        assertThat(getClass().getResource("/ui/htmx/LICENSE")).isNotNull();
    }

    @Test
    void stylesheet_loads_nothing_and_has_a_dark_form() {
        String address = assets.address("ui.css").substring(Assets.PATH.length());
        assertThat(new String(assets.find(address).orElseThrow().asset().bytes(), StandardCharsets.UTF_8))
                .contains("prefers-color-scheme: dark", "prefers-reduced-motion: reduce")
                .doesNotContain("url(", "@import", "http");
    }
}
