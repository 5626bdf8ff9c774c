package org.openingminute.notification.ops;

import java.util.List;
import java.util.Locale;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.web.StaffPageErrors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.LocaleResolver;
import org.springframework.web.servlet.i18n.AcceptHeaderLocaleResolver;

@Configuration(proxyBeanMethods = false)
class PageConfiguration {

    @Bean
    StaffPageErrors staffPageErrors(CallerResolver callers, DeskFrame frame) {
        return new StaffPageErrors(callers, frame::refusal);
    }

    /** The languages that there are texts in; everybody else reads English. */
    @Bean
    LocaleResolver localeResolver() {
        AcceptHeaderLocaleResolver resolver = new AcceptHeaderLocaleResolver();
        resolver.setSupportedLocales(List.of(Locale.ENGLISH, Locale.GERMAN));
        resolver.setDefaultLocale(Locale.ENGLISH);
        return resolver;
    }
}
