package org.openingminute.notification.ops;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.notification.NotificationServiceSettings;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.servlet.LocaleResolver;

/** Proves the choice of a page's language. */
class PageConfigurationTest {

    @ParameterizedTest
    @CsvSource({"fr, en", "'fr,de;q=0.8', de", "de-AT, de", "'', en"})
    void page_language_is_supported_in_a_deployment(String asked, String language) {
        MockHttpServletRequest request = new MockHttpServletRequest();
        if (!asked.isEmpty()) {
            request.addHeader("Accept-Language", asked);
        }
        new WebApplicationContextRunner()
                .withUserConfiguration(PageConfiguration.class)
                .withPropertyValues("notification.mode=" + NotificationServiceSettings.Mode.DEPLOYED)
                .run(context -> assertThat(context.getBean(LocaleResolver.class)
                                .resolveLocale(request)
                                .getLanguage())
                        .isEqualTo(language));
    }
}
