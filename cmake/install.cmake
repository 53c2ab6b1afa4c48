# What `cmake --install` puts where: the program and what it starts, its manual pages, the completion, and the settings
# as an example, so that no installation goes over what an administrator has written to /etc.
install(TARGETS dkimctl RUNTIME DESTINATION ${CMAKE_INSTALL_SBINDIR})
install(TARGETS dkimctl-dns RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/dkimctl)
install(FILES man/dkimctl.conf.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
install(FILES man/dkimctl.8 DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
install(FILES man/dkimctl-findings.7 DESTINATION ${CMAKE_INSTALL_MANDIR}/man7)
install(FILES conf/completions/dkimctl.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
  RENAME dkimctl)
install(FILES conf/dkimctl.conf DESTINATION ${CMAKE_INSTALL_DOCDIR})
